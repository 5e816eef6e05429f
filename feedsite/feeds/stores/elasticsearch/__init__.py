"""The store on Elasticsearch: a projection of the record that answers every page."""
