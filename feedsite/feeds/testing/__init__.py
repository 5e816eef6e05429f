"""What every store must do, as tests to be subclassed, and the reference model of the semantics.

    from feedsite.feeds.testing import Clock, StoreContract

    class TestMyStore(StoreContract):
        @pytest.fixture
        def make_store(self):
            return lambda clock: MyStore(clock=clock)    # empty each time; clock() gives milliseconds since 1970

Needs pytest and Hypothesis.
"""

from feedsite.feeds.testing.contract import StoreContract
from feedsite.feeds.testing.differential import DifferentialContract
from feedsite.feeds.testing.model import Model
from feedsite.feeds.testing.world import Clock, Network

__all__ = ["Clock", "DifferentialContract", "Model", "Network", "StoreContract"]
