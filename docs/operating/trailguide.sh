#!/bin/sh
# As /usr/local/sbin/trailguide: a command with the user, the home and the settings of the bot.
set -a
. /etc/trailguide.env
set +a
export TRAILGUIDE_HOME=/var/lib/trailguide XDG_CACHE_HOME=/opt/trailguide/.cache
exec /usr/sbin/runuser -u trailguide -- /opt/trailguide/.venv/bin/trailguide "$@"
