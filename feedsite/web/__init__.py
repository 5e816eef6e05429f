"""What pages are made with: templates, assets, forms, cursors, tokens."""
