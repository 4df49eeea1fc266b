"""Drawing on many machines: the workers of a Dask cluster, and what travels to them and back."""
