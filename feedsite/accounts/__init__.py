"""Accounts: people, their handles, signing up, in and out, and their own settings."""
