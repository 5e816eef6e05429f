"""Stores: what keeps links and acts, and answers what feeds ask (base.py says what a store must do)."""
