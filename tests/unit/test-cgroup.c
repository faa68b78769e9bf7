/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-cgroup.c - lines of /proc/PID/cgroup, and what units and containers are
 * called in their paths.
 */
#include "cgroup.h"

#include <fcntl.h>

#include "tap.h"

/* A container id, and others with the same first digits. */
#define A16   "0123456789abcdef"
#define ID    A16 A16 A16 A16
#define ID2   "0123456789abcdee" A16 A16 A16
#define OTHER "fedcba9876543210" A16 A16 A16

/* The table as "HIERARCHY|CONTROLLERS|PATH ", or the error. */
static const char *parsed(const char *text)
{
	static char out[512];
	struct cgroup_table table = { 0 };
	int r = cgroup_table_parse(strdup(text), &table);
	size_t used = 0;

	if (r < 0)
		return r == -EINVAL ? "EINVAL" : "another error";
	*out = '\0';
	for (size_t i = 0; i < table.count; i++)
		used += (size_t)snprintf(out + used, sizeof(out) - used, "%s%u|%s|%s", i ? " " : "",
					 table.lines[i].hierarchy, table.lines[i].controllers,
					 table.lines[i].path);
	cgroup_table_release(&table);
	return out;
}

static void test_table(void)
{
	is_str(parsed("0::/\n"), "0||/");
	is_str(parsed("0::/user.slice/x\n"), "0||/user.slice/x");
	/* v2 first, then systemd's, the others as they come. */
	is_str(parsed("9:pids:/p\n8:cpu,cpuacct:/c\n2:name=systemd:/s\n1:name=other:/o\n0::/u\n"),
	       "0||/u 2|name=systemd|/s 9|pids|/p 8|cpu,cpuacct|/c 1|name=other|/o");
	is_str(parsed("1:name=systemd:/s\n2:name=systemd.not:/n\n"),
	       "1|name=systemd|/s 2|name=systemd.not|/n");
	/* Whatever a path holds but a newline, which no cgroup can have. */
	is_str(parsed("0::/a:b::c:\n"), "0||/a:b::c:");
	is_str(parsed("3:cpu:/0::/x\n"), "3|cpu|/0::/x");
	is_str(parsed("0::/ \t\\x2d (deleted)\n"), "0||/ \t\\x2d (deleted)");
	is_str(parsed("0::/../../x\n"), "0||/../../x");
	is_str(parsed("0::/no-newline"), "0||/no-newline");
	is_str(parsed("4294967295:x:/\n"), "4294967295|x|/");
	is_str(parsed(""), "");
}

static void test_table_garbage(void)
{
	is_str(parsed("\n"), "EINVAL");
	is_str(parsed("0::/\n\n"), "EINVAL");
	is_str(parsed("0\n"), "EINVAL");
	is_str(parsed("0:\n"), "EINVAL");
	is_str(parsed("0::\n"), "EINVAL");
	is_str(parsed("0:/\n"), "EINVAL");
	is_str(parsed("::/\n"), "EINVAL");
	is_str(parsed("x::/\n"), "EINVAL");
	is_str(parsed("-1::/\n"), "EINVAL");
	is_str(parsed("4294967296::/\n"), "EINVAL");
	is_str(parsed("0::relative\n"), "EINVAL");
	is_str(parsed("0::/good\nbad\n"), "EINVAL");
}

static void test_own_table(void)
{
	struct cgroup_table table = { 0 };

	is_int(cgroup_table_read(AT_FDCWD, "/proc/self/cgroup", &table), 0);
	cgroup_table_release(&table);
	is_int(cgroup_table_read(AT_FDCWD, "/proc/self/no-such", &table), -ENOENT);
	is_int(cgroup_table_read(AT_FDCWD, "/proc/self/status", &table), -EINVAL);
	ok(!table.text && !table.lines);
}

static bool is_below(const char *path, const char *top)
{
	return cgroup_path_is_below(path, top, strlen(top));
}

static void test_below(void)
{
	ok(is_below("/a/b", "/a/b"));
	ok(is_below("/a/b/c", "/a/b"));
	ok(!is_below("/a/bc", "/a/b"));
	ok(!is_below("/a", "/a/b"));
	ok(!is_below("/", "/a"));
	ok(is_below("/", "/"));
	ok(is_below("/a", "/"));
	ok(is_below("/../x/y", "/../x"));
}

static const char *unit_of(const char *path)
{
	static char unit[CGROUP_NAME_SIZE];

	return cgroup_path_unit(path, unit) ? unit : NULL;
}

static void test_unit(void)
{
	is_str(unit_of("/system.slice/ssh.service"), "ssh.service");
	is_str(unit_of("/system.slice/ssh.service/sub/x.service"), "ssh.service");
	is_str(unit_of("/system.slice/system-getty.slice/getty@tty1.service"), "getty@tty1.service");
	is_str(unit_of("/init.scope"), "init.scope");
	is_str(unit_of("/system.slice/dbus.socket"), "dbus.socket");
	is_str(unit_of("/dev-hugepages.mount"), "dev-hugepages.mount");
	is_str(unit_of("/user.slice/user-1000.slice/session-3.scope"), "session-3.scope");
	is_str(unit_of("/system.slice/dev-disk-by\\x2duuid.swap"), "dev-disk-by\\x2duuid.swap");
	is_str(unit_of("/system.slice/_cpu.service"), "cpu.service");
	is_str(unit_of("/../../system.slice/ssh.service"), "ssh.service");
	/* What a user's manager started, and that itself. */
	is_str(unit_of("/user.slice/user-1000.slice/user@1000.service/app.slice/foo.service"), "foo.service");
	is_str(unit_of("/user.slice/user-1000.slice/user@1000.service/app.slice/app-x.slice/foo.scope/y"),
	       "foo.scope");
	is_str(unit_of("/user.slice/user-1000.slice/user@1000.service/init.scope"), "user@1000.service");
	is_str(unit_of("/user.slice/user-1000.slice/user@1000.service"), "user@1000.service");
	is_str(unit_of("/user.slice/user-1000.slice/user@1000.service/app.slice"), "user@1000.service");
	/* Slices have no processes of their own; what is in no slice is no unit of systemd. */
	is_str(unit_of("/"), NULL);
	is_str(unit_of("/system.slice"), NULL);
	is_str(unit_of("/docker/x/system.slice/ssh.service"), NULL);
	is_str(unit_of("/system.slice/.service"), NULL);
	is_str(unit_of("/system.slice/service"), NULL);
	is_str(unit_of(""), NULL);
}

/* The cgroup of that unit, or NULL. */
static const char *cgroup_of_unit(const char *path, const char *name)
{
	static char top[512];
	size_t length;

	if (!cgroup_path_in_unit(path, name, &length))
		return NULL;
	snprintf(top, sizeof(top), "%.*s", (int)length, path);
	return top;
}

static void test_in_unit(void)
{
	is_str(cgroup_of_unit("/system.slice/ssh.service", "ssh.service"), "/system.slice/ssh.service");
	is_str(cgroup_of_unit("/system.slice/ssh.service/sub", "ssh"), "/system.slice/ssh.service");
	is_str(cgroup_of_unit("/system.slice/ssh.service", "system.slice"), "/system.slice");
	is_str(cgroup_of_unit("/u.slice/user@1.service/app.slice/ssh.service/x", "ssh"),
	       "/u.slice/user@1.service/app.slice/ssh.service");
	is_str(cgroup_of_unit("/lxc.payload.web/system.slice/ssh.service", "ssh"),
	       "/lxc.payload.web/system.slice/ssh.service");
	is_str(cgroup_of_unit("/a.service/b/a.service/c", "a"), "/a.service");
	is_str(cgroup_of_unit("/s.slice/_cpu.service", "cpu"), "/s.slice/_cpu.service");
	is_str(cgroup_of_unit("/s.slice/_cpu.service", "cpu.service"), "/s.slice/_cpu.service");
	is_str(cgroup_of_unit("/s.slice/_cpu.service", "_cpu.service"), "/s.slice/_cpu.service");
	is_str(cgroup_of_unit("/s.slice/a.b.service", "a.b"), "/s.slice/a.b.service");
	is_str(cgroup_of_unit("/s.slice/dev-x\\x2dy.swap", "dev-x\\x2dy.swap"), "/s.slice/dev-x\\x2dy.swap");
	is_str(cgroup_of_unit("/s.slice/a.scope", "a"), NULL);
	is_str(cgroup_of_unit("/s.slice/a.scope.service", "a.scope"), NULL);
	is_str(cgroup_of_unit("/s.slice/xssh.service", "ssh"), NULL);
	is_str(cgroup_of_unit("/s.slice/ssh.services", "ssh"), NULL);
	is_str(cgroup_of_unit("/s.slice/ssh.service", "SSH"), NULL);
	is_str(cgroup_of_unit("/s.slice/ssh.service", "s.slice/ssh.service"), NULL);
	is_str(cgroup_of_unit("/s.slice/ssh.service", "/"), NULL);
	is_str(cgroup_of_unit("/s.slice/.service", ""), NULL);
	is_str(cgroup_of_unit("/", ""), NULL);
	is_str(cgroup_of_unit("/", ".."), NULL);
}

static const char *container_of(const char *path)
{
	static char id[CGROUP_NAME_SIZE];

	return cgroup_path_container(path, id) ? id : NULL;
}

/* Each as its engine writes it. */
static void test_container(void)
{
	is_str(container_of("/docker/" ID), ID);
	is_str(container_of("/docker/" ID "/system.slice/ssh.service"), ID);
	is_str(container_of("/system.slice/docker-" ID ".scope"), ID);
	is_str(container_of("/my-cgroup-parent/" ID), ID);
	is_str(container_of("/machine.slice/libpod-" ID ".scope"), ID);
	is_str(container_of("/machine.slice/libpod-" ID ".scope/container"), ID);
	is_str(container_of("/user.slice/user-1.slice/user@1.service/user.slice/libpod-" ID ".scope"), ID);
	is_str(container_of("/libpod_parent/libpod-" ID), ID);
	is_str(container_of("/system.slice/web.service/libpod-payload-" ID), ID);
	is_str(container_of("/system.slice/crio-" ID ".scope"), ID);
	is_str(container_of("/kubepods/burstable/podab-cd/crio-" ID), ID);
	is_str(container_of("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podab_cd.slice/"
			    "cri-containerd-" ID ".scope"),
	       ID);
	is_str(container_of("/kubepods/besteffort/podab-cd/" ID), ID);
	is_str(container_of("/system.slice/containerd.service/kubepods-podab_cd.slice:cri-containerd:" ID),
	       ID);
	is_str(container_of("/system.slice/nerdctl-" ID ".scope"), ID);
	is_str(container_of("/lxc.payload.web"), "web");
	is_str(container_of("/lxc.payload.web.1/init.scope"), "web.1");
	is_str(container_of("/lxc.payload/web"), "web");
	is_str(container_of("/lxc/web/init.scope"), "web");
	is_str(container_of("/machine.slice/machine-web.scope/payload"), "web");
	is_str(container_of("/machine.slice/machine-my\\x2dweb.scope"), "my-web");
	is_str(container_of("/machine.slice/systemd-nspawn@my\\x2dweb.service/payload"), "my-web");
	is_str(container_of("/../docker-" ID ".scope"), ID);
	/* The outermost: that is what the engine here knows. */
	is_str(container_of("/docker/" ID "/docker/" OTHER), ID);
	is_str(container_of("/lxc.payload.web/docker/" OTHER), "web");
}

static void test_no_container(void)
{
	is_str(container_of("/"), NULL);
	is_str(container_of(""), NULL);
	is_str(container_of("/system.slice/docker.service"), NULL);
	/* Who watches a container is not in it. */
	is_str(container_of("/machine.slice/libpod-conmon-" ID ".scope"), NULL);
	is_str(container_of("/system.slice/crio-conmon-" ID ".scope"), NULL);
	is_str(container_of("/lxc.monitor.web"), NULL);
	/* 64 digits in lower case, no more, no fewer, and nothing else. */
	is_str(container_of("/docker/" ID "0"), NULL);
	is_str(container_of("/docker/0123456789abcdef"), NULL);
	is_str(container_of("/docker/" A16 A16 A16 "0123456789abcdeF"), NULL);
	is_str(container_of("/docker/" A16 A16 A16 "0123456789abcdeg"), NULL);
	is_str(container_of("/docker-" ID ".service"), NULL);
	is_str(container_of("/docker-" ID ".scope.d"), NULL);
	is_str(container_of("/x:" ID ":y"), NULL);
	is_str(container_of("/docker"), NULL);
	/* A form with no name in it. */
	is_str(container_of("/lxc"), NULL);
	is_str(container_of("/lxc.payload."), NULL);
	is_str(container_of("/machine-.scope"), NULL);
	is_str(container_of("/xlxc/web"), NULL);
}

static void test_escapes(void)
{
	is_str(container_of("/machine-a\\x2d\\x5fb.scope"), "a-_b");
	is_str(container_of("/machine-a-b.scope"), "a-b");
	/* What is no escape stays, and nothing ends the name early. */
	is_str(container_of("/machine-a\\x2.scope"), "a\\x2");
	is_str(container_of("/machine-a\\x.scope"), "a\\x");
	is_str(container_of("/machine-a\\.scope"), "a\\");
	is_str(container_of("/machine-a\\xZZb.scope"), "a\\xZZb");
	is_str(container_of("/machine-a\\x00b.scope"), "a\\x00b");
}

/* As long as the kernel has them, and longer. */
static void test_long(void)
{
	char path[2 * CGROUP_NAME_SIZE] = "/lxc/";
	char *name = path + strlen(path);
	size_t length;

	memset(name, 'x', 255);
	is_str(container_of(path), name);
	is_int(cgroup_path_in_container(path, name, &length), 1);
	memset(name, 'x', 256);
	is_str(container_of(path), NULL);
	is_int(cgroup_path_in_container(path, name, &length), 0);
	memcpy(name + 248, ".service", 9);
	is_str(unit_of(path + 4), NULL);
	memmove(name, name + 1, strlen(name));
	is_str(unit_of(path + 4), name);
}

/* The cgroup of that container, or what else comes of it. */
static const char *cgroup_of_container(const char *path, const char *id)
{
	static char top[512];
	size_t length;
	int r = cgroup_path_in_container(path, id, &length);

	if (r <= 0)
		return r == 0 ? NULL : r == -ENOTUNIQ ? "not unique" : "another error";
	snprintf(top, sizeof(top), "%.*s", (int)length, path);
	return top;
}

static void test_in_container(void)
{
	is_str(cgroup_of_container("/docker/" ID "/x", ID), "/docker/" ID);
	is_str(cgroup_of_container("/s.slice/docker-" ID ".scope/x", ID), "/s.slice/docker-" ID ".scope");
	is_str(cgroup_of_container("/docker/" ID, "0123"), "/docker/" ID);
	is_str(cgroup_of_container("/docker/" ID, "0123456789abcdef01"), "/docker/" ID);
	is_str(cgroup_of_container("/docker/" ID, "012"), NULL);
	is_str(cgroup_of_container("/docker/" ID, ""), NULL);
	is_str(cgroup_of_container("/docker/" ID, "123456"), NULL);
	is_str(cgroup_of_container("/docker/" ID, ID "0"), NULL);
	is_str(cgroup_of_container("/docker/" ID, "docker"), NULL);
	/* One in another, by an id or a name of its own. */
	is_str(cgroup_of_container("/docker/" ID "/docker/" OTHER "/x", "fedc"),
	       "/docker/" ID "/docker/" OTHER);
	is_str(cgroup_of_container("/lxc.payload.web/docker/" OTHER, "web"), "/lxc.payload.web");
	is_str(cgroup_of_container("/docker/" ID "/docker/" ID2, "0123456789abcde"), "not unique");
	is_str(cgroup_of_container("/docker/" ID "/docker/" ID2, ID2), "/docker/" ID "/docker/" ID2);
	is_str(cgroup_of_container("/docker/" ID "/x/docker-" ID ".scope", ID), "/docker/" ID);
	/* Names are whole. */
	is_str(cgroup_of_container("/lxc/webserver", "webs"), NULL);
	is_str(cgroup_of_container("/machine-my\\x2dweb.scope", "my-web"), "/machine-my\\x2dweb.scope");
	is_str(cgroup_of_container("/machine-my\\x2dweb.scope", "my\\x2dweb"), NULL);
	is_str(cgroup_of_container("/libpod-conmon-" ID ".scope", ID), NULL);
}

/* What the first line does not tell, another does. */
static void test_table_names(void)
{
	char name[CGROUP_NAME_SIZE];
	struct cgroup_table table = { 0 };

	is_int(cgroup_table_parse(strdup("2:pids:/docker/" ID "\n1:name=systemd:/docker/" ID
					 "\n0::/system.slice/containerd.service\n"),
				  &table),
	       0);
	ok(cgroup_table_container(&table, name));
	is_str(name, ID);
	ok(cgroup_table_unit(&table, name));
	is_str(name, "containerd.service");
	cgroup_table_release(&table);

	is_int(cgroup_table_parse(strdup("1:cpu:/\n0::/\n"), &table), 0);
	ok(!cgroup_table_container(&table, name) && !cgroup_table_unit(&table, name));
	cgroup_table_release(&table);
}

int main(void)
{
	test_table();
	test_table_garbage();
	test_own_table();
	test_below();
	test_unit();
	test_in_unit();
	test_container();
	test_no_container();
	test_escapes();
	test_long();
	test_in_container();
	test_table_names();
	return done_testing();
}
