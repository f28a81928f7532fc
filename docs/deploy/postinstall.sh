#!/bin/sh
# After installing a package: the account that the service runs as. The service is started by a person, once it is configured.
set -e
getent group handrail >/dev/null || groupadd --system handrail
getent passwd handrail >/dev/null || useradd --system --gid handrail --home-dir /var/lib/handrail --shell /usr/sbin/nologin handrail
chgrp handrail /etc/handrail
[ ! -d /run/systemd/system ] || systemctl daemon-reload
echo "handrail: next: handrail init --config /etc/handrail/handrail.toml, and then, as handrail, handrail ledger create"
