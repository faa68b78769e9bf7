# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# chroot.bash - other Debian suites on this machine, for tests/distros and
# tests/package. Not for bats files.
#
# What debootstrap makes of a suite is kept as SUITE.tar, with the packages that
# were downloaded, in the directory NSX_CACHE, by default nsx in the user's cache
# directory. A world is one such tar unpacked, in which commands run in a mount
# namespace of their own, with a root that is a mount, for chroot(2) would keep
# them from making user namespaces.
#
# The address of the archive is that which apt uses here.

chroot_cache=${NSX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nsx}
chroot_days=14 # after that a suite is made anew
umask 022      # what is made in a world is for everyone there

# chroot_problem: why there can be no worlds here; nothing where there can.
chroot_problem()
{
	local command

	((EUID == 0)) || {
		echo "needs root"
		return
	}
	for command in apt-get debootstrap tar; do
		command -v "$command" >/dev/null || {
			echo "needs $command"
			return
		}
	done
	unshare --mount true 2>/dev/null || {
		echo "needs a root who may mount"
		return
	}
	[[ $(chroot_archive) ]] || echo "needs an archive of Debian in the sources of apt"
}

# chroot_lock: have the cache for this process alone, as apt wants its archives.
chroot_lock()
{
	local lock

	mkdir -p "$chroot_cache" && exec {lock}>"$chroot_cache/lock" && flock "$lock"
}

# The archive of Debian in apt's sources, its main one.
chroot_archive()
{
	# shellcheck disable=SC2016 # For apt.
	apt-get indextargets --format '$(REPO_URI)' \
		'Created-By: Packages' 'Origin: Debian' 'Label: Debian' 'Component: main' 2>/dev/null | head -n 1
}

# chroot_proxy: and the way to it, as variables for env(1), a line each.
chroot_proxy()
{
	local proxy=

	eval "$(apt-config shell proxy Acquire::http::Proxy)"
	[[ -z $proxy ]] || echo "http_proxy=$proxy"
}

# chroot_bootstrap SUITE: have its tar in the cache. Says why where it cannot.
chroot_bootstrap()
{
	local suite=$1 tar=$chroot_cache/$1.tar scratch
	local -a proxy

	mkdir -p "$chroot_cache/$suite.archives/partial" || return
	[[ ! $(find "$tar" -mtime "-$chroot_days" 2>/dev/null) ]] || return 0
	mapfile -t proxy < <(chroot_proxy)
	scratch=$(mktemp -d "${TMPDIR:-/var/tmp}/nsx-$suite.XXXXXX") || return
	# What it mounts and runs goes with the namespaces.
	if unshare --mount --propagation private --pid --fork --kill-child --mount-proc env "${proxy[@]}" \
		debootstrap --variant=minbase --cache-dir="$chroot_cache/$suite.archives" \
		"$suite" "$scratch" "$(chroot_archive)" >"$scratch.log" 2>&1 &&
		tar -C "$scratch" -cf "$tar.$$" . && mv "$tar.$$" "$tar"; then
		rm -rf "$scratch" "$scratch.log"
		return
	fi
	grep -E '^(E|W):' "$scratch.log" || tail -n 3 "$scratch.log"
	rm -rf "$scratch" "$scratch.log" "$tar.$$"
	return 1
}

# chroot_unpack SUITE DIRECTORY: a world.
chroot_unpack()
{
	mkdir -p "$2" && tar -C "$2" -xf "$chroot_cache/$1.tar" &&
		chmod 755 "$2" && # the tar has the mode of the directory that it was made in
		cp -L /etc/resolv.conf /etc/hosts "$2/etc" &&
		# A mirror may be a snapshot, and those of sid expire after a week.
		echo 'Acquire::Check-Valid-Until "false";' >"$2/etc/apt/apt.conf.d/nsx" &&
		echo force-unsafe-io >"$2/etc/dpkg/dpkg.cfg.d/nsx" &&
		printf '#!/bin/sh\nexit 101\n' >"$2/usr/sbin/policy-rc.d" && # starts no service
		chmod 755 "$2/usr/sbin/policy-rc.d" &&
		echo "$1" >"$2/etc/nsx-suite"
}

# chroot_free_uid: a number for a user in a world that is nobody's here:
# processes of this machine would else be that user's, too.
chroot_free_uid()
{
	local id=$((30000 + $$ % 20000))

	while getent passwd "$id" >/dev/null; do
		((++id))
	done
	echo "$id"
}

# chroot_run DIRECTORY COMMAND...: in that world, as root, in its "/".
chroot_run()
{
	chroot_run_with_input "$@" </dev/null
}

chroot_run_with_input()
{
	local root=$1
	local -a proxy
	shift

	mapfile -t proxy < <(chroot_proxy)
	# shellcheck disable=SC2016 # For the shell within.
	unshare --mount --propagation private sh -c '
		set -e
		root=$1 archives=$2
		shift 2
		mount --bind "$root" "$root"
		cd "$root"
		mount -t proc proc proc
		mount -t sysfs sysfs sys
		[ ! -d /sys/fs/cgroup ] || mount --rbind /sys/fs/cgroup sys/fs/cgroup
		mount --rbind /dev dev
		mount -t tmpfs -o mode=755 tmpfs run
		mount --bind "$archives" var/cache/apt/archives
		pivot_root . .
		umount --lazy .
		exec chroot . "$@"
	' sh "$root" "$chroot_cache/$(<"$root/etc/nsx-suite").archives" \
		env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		HOME=/root USER=root LOGNAME=root SHELL=/bin/sh TERM=dumb LC_ALL=C.UTF-8 \
		DEBIAN_FRONTEND=noninteractive "${proxy[@]}" "$@"
}

# chroot_update DIRECTORY: the lists of packages of that world. Says why not.
chroot_update()
{
	local said

	said=$(chroot_run "$1" apt-get update -q --error-on=any 2>&1) && return
	grep '^E:' <<<"$said" | head -n 1
	return 1
}

# chroot_tarball BUILD DIRECTORY: what users get, of that tree, as nsx-*.tar.xz.
chroot_tarball()
{
	make --no-print-directory -C "$1" distdir=nsx-dist dist-xz >/dev/null &&
		mv "$1/nsx-dist.tar.xz" "$2"
}
