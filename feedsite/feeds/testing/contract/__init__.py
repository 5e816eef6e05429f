"""What every store must do, one sentence a test. Subclass StoreContract and give the fixture `make_store`."""

from feedsite.feeds.testing.contract.acquainted import AcquaintanceContract
from feedsite.feeds.testing.contract.base import MakeStore
from feedsite.feeds.testing.contract.crowds import BigNetworkContract, CrowdContract, SeventyThousandContract
from feedsite.feeds.testing.contract.erasing import ErasureContract
from feedsite.feeds.testing.contract.faults import FaultContract
from feedsite.feeds.testing.contract.figures import FigureContract
from feedsite.feeds.testing.contract.group_faults import GroupFaultContract
from feedsite.feeds.testing.contract.groups import GroupContract
from feedsite.feeds.testing.contract.hiding import HidingContract
from feedsite.feeds.testing.contract.identity import IdentityContract
from feedsite.feeds.testing.contract.links import LinkContract
from feedsite.feeds.testing.contract.nearness import NearnessContract
from feedsite.feeds.testing.contract.notices import NoticeContract
from feedsite.feeds.testing.contract.pages import PageContract
from feedsite.feeds.testing.contract.rankings import RankingContract
from feedsite.feeds.testing.contract.sight import SightContract
from feedsite.feeds.testing.contract.words import WordsContract


class StoreContract(
    LinkContract,
    FaultContract,
    IdentityContract,
    ErasureContract,
    PageContract,
    SightContract,
    HidingContract,
    CrowdContract,
    GroupContract,
    NoticeContract,
    FigureContract,
    RankingContract,
    NearnessContract,
    WordsContract,
    AcquaintanceContract,
    GroupFaultContract,
):
    """Tests of links, identity, erasing, order, paging, sight, words, groups, notifications, figures, rankings,
    nearness, and what went wrong elsewhere."""


__all__ = ["BigNetworkContract", "MakeStore", "SeventyThousandContract", "StoreContract"]
