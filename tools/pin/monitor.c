/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * monitor.c - nsx-pin monitor: a line when a name works, and when it is gone.
 *
 * A file is no name yet, so names are looked at, and compared with how they
 * were, whenever something may have changed: a mount (mountinfo can be polled,
 * proc(5)), a registry (inotify(7)), or a holder or init that ended (a pidfd).
 */
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/resource.h>

#include "diag.h"
#include "pin/survey.h"
#include "pin/tool.h"
#include "pin_path.h"

/* A name that works. */
struct known {
	char *name;
	bool is_system;
	ns_set types; /* that work */
	struct ns_id ids[NS_TYPE_COUNT];
	int watched[2]; /* pidfds of its holder and init, or -EBADF */
};

struct picture {
	struct known *list;
	size_t count;
};

struct monitor {
	const struct request *request;
	struct picture before, now;
	bool is_silent; /* the first look, when nobody asked for it */
	int inotify;
	int mounts; /* /proc/self/mountinfo */
	char *own;  /* one's own registry, or NULL */
};

static void known_release(struct known *known)
{
	free(known->name);
	for (size_t i = 0; i < ARRAY_SIZE(known->watched); i++)
		close_fd(known->watched[i]);
}

static void picture_release(struct picture *picture)
{
	for (size_t i = 0; i < picture->count; i++)
		known_release(&picture->list[i]);
	free(picture->list);
	*picture = (struct picture){ 0 };
}

/* --- Looking */

/* A pidfd, or -EBADF where there is nothing to watch; who is not watched would be missed when it ends. */
static int watch_process(const char *name, struct pin_process process)
{
	_cleanup_close_ int pidfd = -EBADF, dirfd = -EBADF;
	int r;

	r = process.pid ? pin_process_hold(&process, &pidfd, &dirfd) : -ESRCH;
	if (r == -EMFILE || r == -ENFILE || r == -ENOMEM)
		die(r, "cannot watch the processes of '%s'", name);
	return r < 0 ? -EBADF : take_fd(&pidfd);
}

static int take_pin(void *context, const struct pin *pin)
{
	struct picture *picture = context;
	/* Watch first, look then: one that ends in between has been watched, or is seen to be dead. */
	_cleanup_(known_release) struct known known = {
		.name = xstrdup(pin->name),
		.is_system = pin->is_system,
		.watched = { watch_process(pin->name, pin->record.holder),
			     watch_process(pin->name, pin->record.init) },
	};

	for (int type = 0; type < NS_TYPE_COUNT; type++) {
		struct pin_look look;
		int r = pin_look_at_kept(pin, type, &look);

		if (r < 0)
			return r;
		if (r == 0 || look.state != PIN_OK)
			continue;
		known.types |= ns_set_of(type);
		known.ids[type] = look.id;
	}
	if (!known.types)
		return 0;
	picture->list = xreallocarray(picture->list, picture->count + 1, sizeof(*picture->list));
	picture->list[picture->count++] = known;
	known = (struct known){ .watched = { -EBADF, -EBADF } };
	return 0;
}

/* --- Telling */

static void tell(const struct monitor *monitor, const char *event, const struct known *known)
{
	struct json json = json_begin();

	if (monitor->is_silent)
		return;
	if (!monitor->request->json) {
		printf("%s ", event);
		diag_print_safe(stdout, known->name);
		putchar('\n');
	} else {
		json.is_one_line = true;
		json_open(&json, NULL, '{');
		json_string(&json, "event", event);
		json_string(&json, "name", known->name);
		json_open(&json, "types", '[');
		for (int type = 0; type < NS_TYPE_COUNT; type++)
			if (ns_set_has(known->types, type))
				json_string(&json, NULL, ns_types[type].name);
		json_close(&json, ']');
		json_close(&json, '}');
	}
	/* Whoever reads this waits for it; or is gone, which is no error worth a message. */
	if (fflush(stdout) == 0)
		return;
	if (errno == EPIPE)
		exit(EXIT_FAILURE);
	die(-errno, "cannot write to standard output");
}

static int compare_known(const struct known *a, const struct known *b)
{
	if (a->is_system != b->is_system)
		return a->is_system - b->is_system;
	return strcmp(a->name, b->name);
}

static bool is_same(const struct known *a, const struct known *b)
{
	if (a->types != b->types)
		return false;
	for (int type = 0; type < NS_TYPE_COUNT; type++)
		if (ns_set_has(a->types, type) && !ns_id_equal(a->ids[type], b->ids[type]))
			return false;
	return true;
}

/* Both are in the order of visit_names(). */
static void tell_difference(const struct monitor *monitor)
{
	const struct picture *before = &monitor->before, *now = &monitor->now;
	size_t i = 0, j = 0;

	while (i < before->count || j < now->count) {
		int order = i == before->count ? 1
			    : j == now->count  ? -1
					       : compare_known(&before->list[i], &now->list[j]);

		/* The same name, and another one behind it. */
		if (order == 0 && !is_same(&before->list[i], &now->list[j])) {
			tell(monitor, "delete", &before->list[i]);
			tell(monitor, "add", &now->list[j]);
		}
		if (order < 0)
			tell(monitor, "delete", &before->list[i]);
		if (order > 0)
			tell(monitor, "add", &now->list[j]);
		i += order <= 0;
		j += order >= 0;
	}
}

static void look(struct monitor *monitor)
{
	visit_names(false, take_pin, &monitor->now);
	tell_difference(monitor);
	picture_release(&monitor->before);
	monitor->before = monitor->now;
	monitor->now = (struct picture){ 0 };
}

/* --- Waiting */

/* Directories that are not there yet are seen to come in the one above. */
static void add_watches(const struct monitor *monitor)
{
	const char *const paths[] = { PIN_RUN_DIR, PIN_NETNS_DIR, PIN_NSX_DIR, monitor->own };
	const uint32_t events = IN_ATTRIB | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (paths[i] && inotify_add_watch(monitor->inotify, paths[i], events | IN_ONLYDIR) < 0 &&
		    errno != ENOENT && errno != EACCES)
			die(-errno, "cannot watch '%s'", paths[i]);
}

static void wait_for_change(const struct monitor *monitor)
{
	size_t size = 3 + 2 * monitor->before.count, count = 0;
	_cleanup_free_ struct pollfd *sources = xcalloc(size, sizeof(*sources));
	char buffer[4096];

	sources[count++] = (struct pollfd){ .fd = monitor->inotify, .events = POLLIN };
	sources[count++] = (struct pollfd){ .fd = monitor->mounts, .events = POLLPRI };
	/* A reader that is gone need not be told anything any more. */
	sources[count++] = (struct pollfd){ .fd = STDOUT_FILENO, .events = 0 };
	for (size_t i = 0; i < monitor->before.count; i++)
		for (size_t j = 0; j < ARRAY_SIZE(monitor->before.list[i].watched); j++) {
			int fd = monitor->before.list[i].watched[j];

			/* As many as may be open, and no more, may be waited for. */
			if (fd >= 0)
				sources[count++] = (struct pollfd){ .fd = fd, .events = POLLIN };
		}
	while (poll(sources, count, -1) < 0)
		if (errno != EINTR)
			die(-errno, "cannot wait for changes");
	if (sources[2].revents & (POLLERR | POLLHUP))
		exit(EXIT_SUCCESS);
	while (read(monitor->inotify, buffer, sizeof(buffer)) > 0)
		;
}

/* Each name may take two descriptors, and both pictures have theirs. */
static void allow_many_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

void run_monitor(struct request *request)
{
	struct monitor monitor = { .request = request, .is_silent = !request->initial };

	allow_many_descriptors();
	monitor.inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (monitor.inotify < 0)
		die(-errno, "cannot watch for changes");
	monitor.mounts = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	if (!pin_owns_system() && pin_registry_path(false, &monitor.own) < 0)
		monitor.own = NULL;
	for (;;) {
		/* Watch first, look then: what changes in between is seen the next time. */
		add_watches(&monitor);
		look(&monitor);
		monitor.is_silent = false;
		wait_for_change(&monitor);
	}
}
