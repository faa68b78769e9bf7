/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-pin_record.c - records of names, to text and back: pin_record.h. */
#include "pin_record.h"

#include "tap.h"

static int parse(const char *text)
{
	struct pin_record record;

	return pin_record_parse(text, &record);
}

static void test_round_trip(void)
{
	struct pin_record record = { .owner = 1000, .mode = 0750, .made = 1763800000 }, back;
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *again = NULL;

	record.kept[NS_NET] = (struct pin_kept){ PIN_BIND, 4026532179, 0 };
	record.kept[NS_UTS] = (struct pin_kept){ PIN_HOLD, 4026532180, 12 };
	record.holder = (struct pin_process){ 4711, 5678 };
	record.init = (struct pin_process){ 4712, 0 };
	text = pin_record_format(&record);
	is_str(text, "owner=1000\nmode=0750\nmade=1763800000\nuts=hold:4026532180:12\n"
		     "net=bind:4026532179\nholder=4711:5678\ninit=4712\n");
	is_int(pin_record_parse(text, &back), 0);
	again = pin_record_format(&back);
	is_str(again, text);
	is_int(pin_record_types(&back), ns_set_of(NS_NET) | ns_set_of(NS_UTS));
	is_int(pin_record_types_by(&back, PIN_HOLD), ns_set_of(NS_UTS));
	is_int(pin_record_types_by(&back, PIN_BIND), ns_set_of(NS_NET));
}

/* A later version may say more; a person may say why. */
static void test_tolerated(void)
{
	is_int(parse("owner=0\nnet=bind:1\nfuture=whatever\n"), 0);
	is_int(parse("# note\n\nowner=0\nnet=bind:1"), 0);
	is_int(parse("net=bind:1\nowner=0\n"), 0);
}

static void test_refused(void)
{
	const char *const texts[] = {
		"",
		"owner=0\n",
		"net=bind:1\n",
		"owner=0\nnet\n",
		"owner=\nnet=bind:1\n",
		"owner=-1\nnet=bind:1\n",
		"owner=4294967295\nnet=bind:1\n",
		"owner=4294967296\nnet=bind:1\n",
		"owner=0\nnet=\n",
		"owner=0\nnet=bind\n",
		"owner=0\nnet=bind:\n",
		"owner=0\nnet=bind:0\n",
		"owner=0\nnet=bind:x\n",
		"owner=0\nnet=bind:1:2\n",
		"owner=0\nnet=other:1\n",
		"owner=0\nnet=none:1\n",
		"owner=0\nnet=hold:1\nholder=5\n",
		"owner=0\nnet=hold:1:-3\nholder=5\n",
		/* Held by nobody. */
		"owner=0\nnet=hold:1:3\n",
		"owner=0\nnet=hold:1:3\nholder=0\n",
		"owner=0\nnet=hold:1:3\nholder=5:\n",
		"owner=0\nnet=hold:1:3\nholder=5:0\n",
		"owner=0\nnet=hold:1:3\nholder=-5\n",
		"owner=0\nnet=bind:1\ninit=1;2\n",
		"owner=0\nnet=bind:1\nmode=\n",
		"owner=0\nnet=bind:1\nmode=8\n",
		"owner=0\nnet=bind:1\nmode=4755\n",
		"owner=0\nnet=bind:1\nmade=-1\n",
		"\177ELF",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		is_int(parse(texts[i]), -EBADMSG);
		if (parse(texts[i]) != -EBADMSG)
			printf("# it was: %s\n", texts[i]);
	}
}

int main(void)
{
	test_round_trip();
	test_tolerated();
	test_refused();
	return done_testing();
}
