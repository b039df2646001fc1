"""What several tests share: places, an independent power flow, a browser, a forger of results."""
