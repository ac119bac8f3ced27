"""When things happen, never what: each module is one short run(context)."""
