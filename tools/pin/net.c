/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * net.c - nsx-pin set, list-id: the numbers that our network namespace has for
 * others, as "ip netns" has them.
 */
#include <linux/net_namespace.h>
#include <string.h>

#include "diag.h"
#include "hint.h"
#include "pin/survey.h"
#include "pin/tool.h"
#include "pin_registry.h"
#include "rtnetlink.h"
#include "text.h"

static int open_rtnetlink(void)
{
	int socket = -EBADF, r;

	r = rtnetlink_open(&socket);
	if (r < 0)
		die(r, "cannot ask the kernel for network namespaces");
	return socket;
}

static int parse_nsid(const char *word, int32_t *ret)
{
	uint32_t number;
	int r = parse_u32(word, &number);

	if (r == 0 && number > INT32_MAX)
		r = -ERANGE;
	if (r == 0)
		*ret = (int32_t)number;
	return r;
}

void run_set(struct request *request)
{
	const char *name = check_name(request->operands[0]);
	const char *word = request->operands[1];
	_cleanup_free_ char *step = xasprintf("open the net namespace of '%s'", name);
	_cleanup_close_ int fd = -EBADF, socket = -EBADF;
	int32_t nsid = -1, has;
	int r;

	if (strcmp(word, "auto") != 0 && parse_nsid(word, &nsid) < 0)
		die_usage("'%s' is no number for a network namespace: 0 to 2147483647, or auto", word);
	r = pin_open(name, NS_NET, &fd);
	if (r == -ENOENT)
		die_status(EXIT_MISSING, 0,
			   pin_types(name) ? "'%s' has no net namespace" : "there is no name '%s'", name);
	if (r < 0)
		die_about_name(r, step);
	socket = open_rtnetlink();
	/* Set once, it stays; so asking for what is there is no failure. */
	r = rtnetlink_nsid(socket, fd, &has);
	if (r < 0)
		die(r, "cannot ask for the number of '%s'", name);
	if (has != NETNSA_NSID_NOT_ASSIGNED) {
		if (nsid < 0 || has == nsid)
			finish(EXIT_SUCCESS);
		die(0, "'%s' has a number already, %d, and keeps it", name, has);
	}
	r = rtnetlink_set_nsid(socket, fd, nsid);
	if (r == -EEXIST || r == -ENOSPC)
		die(0, "the number %d is that of another network namespace", nsid);
	if (r < 0)
		die(r, "cannot give '%s' a number", name);
}

/* One number, and the names of the namespace that has it. */
struct number {
	int32_t nsid;
	char **names;
	size_t count;
};

struct numbers {
	struct number *list;
	size_t count;
	int socket;
};

static int take_number(void *context, const struct nlmsghdr *message)
{
	struct numbers *numbers = context;
	const int32_t *nsid =
		rtnetlink_attribute(message, sizeof(struct rtgenmsg), NETNSA_NSID, sizeof(*nsid));

	if (message->nlmsg_type != RTM_NEWNSID || !nsid)
		return 0;
	numbers->list = xreallocarray(numbers->list, numbers->count + 1, sizeof(*numbers->list));
	numbers->list[numbers->count++] = (struct number){ .nsid = *nsid };
	return 0;
}

/* Leave the one alone that was asked for, as "ip netns list-id nsid 5" does. */
static void choose_number(struct numbers *numbers, char **words, int count)
{
	int32_t nsid = -1;

	if (!count)
		return;
	if (strcmp(words[0], "nsid") != 0)
		die_usage("list-id does not take '%s'", words[0]);
	if (count < 2)
		die_usage("a number follows 'nsid'");
	if (parse_nsid(words[1], &nsid) < 0)
		die_usage("'%s' is no number for a network namespace: 0 to 2147483647", words[1]);
	for (size_t i = 0; i < numbers->count; i++)
		if (numbers->list[i].nsid == nsid) {
			numbers->list[0] = numbers->list[i];
			numbers->count = 1;
			return;
		}
	die_status(EXIT_MISSING, 0, "no network namespace has the number %d here", nsid);
}

static int compare_numbers(const void *a, const void *b)
{
	int32_t x = ((const struct number *)a)->nsid, y = ((const struct number *)b)->nsid;

	return (x > y) - (x < y);
}

static int take_name(void *context, const struct pin *pin)
{
	struct numbers *numbers = context;
	_cleanup_close_ int fd = -EBADF;
	struct number wanted = { 0 }, *found;
	struct ns_id ids[NS_TYPE_COUNT];
	int r;

	r = pin_ids(pin, ids);
	if (r < 0 || !ids[NS_NET].ino)
		return r;
	r = pin_open_type(pin, NS_NET, &fd);
	if (r == 0)
		r = rtnetlink_nsid(numbers->socket, fd, &wanted.nsid);
	if (r < 0)
		return r;
	found = numbers->count
			? bsearch(&wanted, numbers->list, numbers->count, sizeof(wanted), compare_numbers)
			: NULL;
	if (!found)
		return 0;
	found->names = xreallocarray(found->names, found->count + 1, sizeof(*found->names));
	found->names[found->count++] = xstrdup(pin->name);
	return 0;
}

static void print_numbers(const struct numbers *numbers)
{
	for (size_t i = 0; i < numbers->count; i++) {
		const struct number *number = &numbers->list[i];

		printf("%d", number->nsid);
		for (size_t j = 0; j < number->count; j++) {
			putchar(' ');
			diag_print_safe(stdout, number->names[j]);
		}
		putchar('\n');
	}
}

static void print_numbers_json(const struct numbers *numbers)
{
	struct json json = json_begin();

	json_open(&json, NULL, '{');
	json_open(&json, "nsids", '[');
	for (size_t i = 0; i < numbers->count; i++) {
		json_open(&json, NULL, '{');
		json_number(&json, "nsid", numbers->list[i].nsid);
		json_open(&json, "names", '[');
		for (size_t j = 0; j < numbers->list[i].count; j++)
			json_string(&json, NULL, numbers->list[i].names[j]);
		json_close(&json, ']');
		json_close(&json, '}');
	}
	json_close(&json, ']');
	json_close(&json, '}');
}

void run_list_id(struct request *request)
{
	struct numbers numbers = { .socket = open_rtnetlink() };
	int r;

	r = rtnetlink_dump(numbers.socket, RTM_GETNSID, take_number, &numbers);
	if (r < 0)
		die(r, "cannot list the numbers of network namespaces");
	choose_number(&numbers, request->operands, request->count);
	if (numbers.count)
		qsort(numbers.list, numbers.count, sizeof(*numbers.list), compare_numbers);
	visit_names(false, take_name, &numbers);
	if (request->json)
		print_numbers_json(&numbers);
	else
		print_numbers(&numbers);
	close_fd(numbers.socket);
	for (size_t i = 0; i < numbers.count; i++) {
		for (size_t j = 0; j < numbers.list[i].count; j++)
			free(numbers.list[i].names[j]);
		free(numbers.list[i].names);
	}
	free(numbers.list);
	finish(EXIT_SUCCESS);
}
