"""Read by every Python that a run on servers starts: bots run their homes there as well."""

import os
import sys

if os.environ.get("TG_SCALE_POSTGRES") and any("bot" in told for told in sys.orig_argv):
    from tests import on_servers

    on_servers.install()
