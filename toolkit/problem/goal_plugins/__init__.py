"""Goals as plug-ins: their contract, their registry, and how they are asked."""
