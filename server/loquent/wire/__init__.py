"""The wire protocol loquent.v1, sans-I/O: no sockets, no clock, no asyncio. Normative: protocol/SPEC.md."""
