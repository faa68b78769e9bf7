/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-text.c - words to numbers: text.h. */
#include "text.h"

#include <signal.h>

#include "tap.h"

/* What the parser says of a word: the number, or the negative error. */
#define VALUE(parser, type)                                                                                  \
	static long long parser##_of(const char *text)                                                       \
	{                                                                                                    \
		type value = 0;                                                                              \
		int r = parse_##parser(text, &value);                                                        \
                                                                                                             \
		return r < 0 ? r : (long long)value;                                                         \
	}

VALUE(u64, uint64_t)
VALUE(u32, uint32_t)
VALUE(pid, pid_t)
VALUE(fd, int)
VALUE(id, uint32_t)
VALUE(signal, int)

static void test_what_is_no_number(void)
{
	is_int(u64_of(""), -EINVAL);
	is_int(u64_of(" 1"), -EINVAL);
	is_int(u64_of("1 "), -EINVAL);
	is_int(u64_of("1\n"), -EINVAL);
	is_int(u64_of("+1"), -EINVAL);
	is_int(u64_of("-1"), -EINVAL);
	is_int(u64_of("-0"), -EINVAL);
	is_int(u64_of("0x10"), -EINVAL);
	is_int(u64_of("1e3"), -EINVAL);
	is_int(u64_of("1k"), -EINVAL);
	is_int(u64_of("1.0"), -EINVAL);
	is_int(u64_of("\xd9\xa1"), -EINVAL); /* a digit, in Arabic */
	is_int(u64_of("99999999999999999999x"), -EINVAL);
}

static void test_u64(void)
{
	uint64_t value = 7;

	is_int(u64_of("0"), 0);
	is_int(u64_of("007"), 7);
	is_int(u64_of("9223372036854775807"), INT64_MAX);
	ok(parse_u64("18446744073709551615", &value) == 0 && value == UINT64_MAX);
	is_int(u64_of("18446744073709551616"), -ERANGE); /* the addition overflows */
	is_int(u64_of("18446744073709551620"), -ERANGE);
	is_int(u64_of("99999999999999999999"), -ERANGE); /* the multiplication does */
	is_int(u64_of("100000000000000000000000000000000000000000"), -ERANGE);
	is_int(u64_of("000000000000000000000000000000000000000042"), 42);
}

static void test_failure_leaves_the_result_alone(void)
{
	uint64_t u64 = 7;
	uint32_t u32 = 7;
	pid_t pid = 7;
	int fd = 7, sig = 7;
	size_t word = 7;

	ok(parse_u64("x", &u64) == -EINVAL && u64 == 7);
	ok(parse_u64("99999999999999999999", &u64) == -ERANGE && u64 == 7);
	ok(parse_u32("4294967296", &u32) == -ERANGE && u32 == 7);
	ok(parse_pid("0", &pid) == -ERANGE && pid == 7);
	ok(parse_fd("2147483648", &fd) == -ERANGE && fd == 7);
	ok(parse_id("4294967295", &u32) == -ERANGE && u32 == 7);
	ok(parse_signal("SIGNOTHING", &sig) == -EINVAL && sig == 7);
	ok(parse_signal("0", &sig) == -ERANGE && sig == 7);
	ok(parse_word("x", NULL, 0, &word) == -EINVAL && word == 7);
}

static void test_ranges(void)
{
	is_int(u32_of("0"), 0);
	is_int(u32_of("4294967295"), UINT32_MAX);
	is_int(u32_of("4294967296"), -ERANGE);
	is_int(u32_of(""), -EINVAL);

	is_int(pid_of("1"), 1);
	is_int(pid_of("2147483647"), 2147483647);
	is_int(pid_of("2147483648"), -ERANGE);
	is_int(pid_of("0"), -ERANGE);
	is_int(pid_of("-1"), -EINVAL);
	is_int(pid_of("4294967297"), -ERANGE); /* would be 1 in 32 bits */
	is_int(pid_of("self"), -EINVAL);

	is_int(fd_of("0"), 0);
	is_int(fd_of("2147483647"), 2147483647);
	is_int(fd_of("2147483648"), -ERANGE);
	is_int(fd_of("-1"), -EINVAL);

	is_int(id_of("0"), 0);
	is_int(id_of("4294967294"), 4294967294);
	is_int(id_of("4294967295"), -ERANGE); /* (uid_t)-1 */
	is_int(id_of("root"), -EINVAL);
}

static void test_signals(void)
{
	is_int(signal_of("1"), SIGHUP);
	is_int(signal_of("TERM"), SIGTERM);
	is_int(signal_of("SIGTERM"), SIGTERM);
	is_int(signal_of("sigterm"), SIGTERM);
	is_int(signal_of("Kill"), SIGKILL);
	is_int(signal_of("CHLD"), SIGCHLD);

	is_int(signal_of("RTMIN"), SIGRTMIN);
	is_int(signal_of("SIGRTMIN+0"), SIGRTMIN);
	is_int(signal_of("rtmin+3"), SIGRTMIN + 3);
	is_int(signal_of("RTMAX"), SIGRTMAX);
	is_int(signal_of("SIGRTMAX-2"), SIGRTMAX - 2);
	is_int(signal_of("RTMIN+99"), -ERANGE);
	is_int(signal_of("RTMAX-99"), -ERANGE);
	is_int(signal_of("RTMIN-1"), -EINVAL);
	is_int(signal_of("RTMAX+1"), -EINVAL);
	is_int(signal_of("RTMIN+"), -EINVAL);
	is_int(signal_of("RTMIN+-1"), -EINVAL);
	is_int(signal_of("RTMIN1"), -EINVAL);

	is_int(signal_of("0"), -ERANGE);
	is_int(signal_of("65"), -ERANGE);
	is_int(signal_of("99999999999999999999"), -ERANGE);
	is_int(signal_of("-9"), -EINVAL);
	is_int(signal_of("SIG9"), -EINVAL);
	is_int(signal_of("SIG"), -EINVAL);
	is_int(signal_of("SIGSIGTERM"), -EINVAL);
	is_int(signal_of("TER"), -EINVAL);
	is_int(signal_of("TERM "), -EINVAL);
	is_int(signal_of(""), -EINVAL);
}

/* "seconds.nanoseconds", or the name of the error. */
static const char *span_of(const char *text)
{
	static char printed[64];
	struct timespec span = { 7, 7 };
	int r = parse_time_span(text, &span);

	if (r < 0)
		return span.tv_sec == 7 && span.tv_nsec == 7 ? strerrorname_np(-r) : "changed on failure";
	snprintf(printed, sizeof(printed), "%lld.%09ld", (long long)span.tv_sec, span.tv_nsec);
	return printed;
}

static void test_time_spans(void)
{
	is_str(span_of("0"), "0.000000000");
	is_str(span_of("90"), "90.000000000");
	is_str(span_of("+90"), "90.000000000");
	is_str(span_of("-0"), "0.000000000");
	is_str(span_of("1.5"), "1.500000000");
	/* The nanoseconds are never negative. */
	is_str(span_of("-1.5"), "-2.500000000");
	is_str(span_of("-0.25"), "-1.750000000");
	is_str(span_of("-2"), "-2.000000000");
	is_str(span_of("0.000000001"), "0.000000001");
	is_str(span_of("-0.000000001"), "-1.999999999");
	is_str(span_of("0.0000000019"), "0.000000001"); /* cut, not rounded */
	is_str(span_of("0.99999999999999999999999999"), "0.999999999");

	is_str(span_of("1ns"), "0.000000001");
	is_str(span_of("1us"), "0.000001000");
	is_str(span_of("1500ms"), "1.500000000");
	is_str(span_of("3s"), "3.000000000");
	is_str(span_of("3sec"), "3.000000000");
	is_str(span_of("90min"), "5400.000000000");
	is_str(span_of("1.5h"), "5400.000000000");
	is_str(span_of("-2d"), "-172800.000000000");
	is_str(span_of("365d"), "31536000.000000000");
	is_str(span_of("2w"), "1209600.000000000");
	is_str(span_of("1y"), "31536000.000000000");
	is_str(span_of("1d12h30min"), "131400.000000000");
	is_str(span_of("-1h1ns"), "-3601.999999999");
	is_str(span_of("1.5ns"), "0.000000001");

	/* A number without a unit stands alone. */
	is_str(span_of("1d12"), "EINVAL");
	is_str(span_of("12 d"), "EINVAL");
	is_str(span_of(""), "EINVAL");
	is_str(span_of("-"), "EINVAL");
	is_str(span_of("--1"), "EINVAL");
	is_str(span_of("+-1"), "EINVAL");
	is_str(span_of("d"), "EINVAL");
	is_str(span_of(".5"), "EINVAL");
	is_str(span_of("1."), "EINVAL");
	is_str(span_of("1.d"), "EINVAL");
	is_str(span_of("1..5"), "EINVAL");
	is_str(span_of("1,5"), "EINVAL");
	is_str(span_of("1e3"), "EINVAL");
	is_str(span_of("0x10"), "EINVAL");
	is_str(span_of("1D"), "EINVAL");
	is_str(span_of("1days"), "EINVAL");
	is_str(span_of("1d-2h"), "EINVAL");
	is_str(span_of("1 "), "EINVAL");
	is_str(span_of("soon"), "EINVAL");

	is_str(span_of("9223372036854775807"), "9223372036854775807.000000000");
	is_str(span_of("9223372036854775808"), "ERANGE");
	is_str(span_of("99999999999999999999999999999999999999999999"), "ERANGE");
	is_str(span_of("18446744073709551615y"), "ERANGE");
	is_str(span_of("292471208678y"), "ERANGE");
	is_str(span_of("9223372036854775807s1s"), "ERANGE");
}

static void test_words(void)
{
	static const char *const words[] = { "allow", "deny", "all" };
	size_t index = 7;

	ok(parse_word("allow", words, ARRAY_SIZE(words), &index) == 0 && index == 0);
	ok(parse_word("deny", words, ARRAY_SIZE(words), &index) == 0 && index == 1);
	ok(parse_word("all", words, ARRAY_SIZE(words), &index) == 0 && index == 2);
	is_int(parse_word("allo", words, ARRAY_SIZE(words), &index), -EINVAL);
	is_int(parse_word("Deny", words, ARRAY_SIZE(words), &index), -EINVAL);
	is_int(parse_word("deny ", words, ARRAY_SIZE(words), &index), -EINVAL);
	is_int(parse_word("", words, ARRAY_SIZE(words), &index), -EINVAL);
}

int main(void)
{
	test_what_is_no_number();
	test_u64();
	test_failure_leaves_the_result_alone();
	test_ranges();
	test_signals();
	test_time_spans();
	test_words();
	return done_testing();
}
