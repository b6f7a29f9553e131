"""How fast the product is beside what the machine could do: `make bench`. docs/performance.md explains each measure."""
