/* What this processor's vectors of 512 bits can do at most, as one JSON object in ns for one instruction: out of a
 * chain, where they only wait for room, and in a chain, where each waits for the one before. The loops are in assembly,
 * so that what is counted is what runs. Ends with 77 on a processor without AVX-512. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if defined(__x86_64__)

/* Instructions in a round of every loop. */
enum { IN_ROUND = 96, ROUNDS = 20000, REPEATS = 25 };

static double room[8] __attribute__((aligned(64)));

static double now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return 1e9 * (double)now.tv_sec + (double)now.tv_nsec;
}

/* One instruction after another on whole numbers takes one cycle each. */
static void add_whole_numbers_in_chain(long rounds)
{
    __asm__ volatile("1:\n.rept 96\nadd $3, %%rax\n.endr\ndec %0\njnz 1b" : "+r"(rounds) : : "rax", "cc");
}

static void multiply_add(long rounds)
{
    __asm__ volatile("1:\n.rept 8\n"
                     "vfmadd231pd %%zmm15, %%zmm14, %%zmm0\nvfmadd231pd %%zmm15, %%zmm14, %%zmm1\n"
                     "vfmadd231pd %%zmm15, %%zmm14, %%zmm2\nvfmadd231pd %%zmm15, %%zmm14, %%zmm3\n"
                     "vfmadd231pd %%zmm15, %%zmm14, %%zmm4\nvfmadd231pd %%zmm15, %%zmm14, %%zmm5\n"
                     "vfmadd231pd %%zmm15, %%zmm14, %%zmm6\nvfmadd231pd %%zmm15, %%zmm14, %%zmm7\n"
                     "vfmadd231pd %%zmm15, %%zmm14, %%zmm8\nvfmadd231pd %%zmm15, %%zmm14, %%zmm9\n"
                     "vfmadd231pd %%zmm15, %%zmm14, %%zmm10\nvfmadd231pd %%zmm15, %%zmm14, %%zmm11\n"
                     ".endr\ndec %0\njnz 1b"
                     : "+r"(rounds)
                     :
                     : "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
                       "xmm11");
}

static void multiply_add_in_chain(long rounds)
{
    __asm__ volatile("1:\n.rept 96\nvfmadd231pd %%zmm15, %%zmm14, %%zmm0\n.endr\ndec %0\njnz 1b"
                     : "+r"(rounds)
                     :
                     : "cc", "xmm0");
}

static void add_in_chain(long rounds)
{
    __asm__ volatile("1:\n.rept 96\nvaddpd %%zmm15, %%zmm0, %%zmm0\n.endr\ndec %0\njnz 1b"
                     : "+r"(rounds)
                     :
                     : "cc", "xmm0");
}

static void divide(long rounds)
{
    __asm__ volatile("1:\n.rept 16\n"
                     "vdivpd %%zmm15, %%zmm14, %%zmm0\nvdivpd %%zmm15, %%zmm14, %%zmm1\n"
                     "vdivpd %%zmm15, %%zmm14, %%zmm2\nvdivpd %%zmm15, %%zmm14, %%zmm3\n"
                     "vdivpd %%zmm15, %%zmm14, %%zmm4\nvdivpd %%zmm15, %%zmm14, %%zmm5\n"
                     ".endr\ndec %0\njnz 1b"
                     : "+r"(rounds)
                     :
                     : "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5");
}

static void divide_in_chain(long rounds)
{
    __asm__ volatile("1:\n.rept 96\nvdivpd %%zmm15, %%zmm0, %%zmm0\n.endr\ndec %0\njnz 1b"
                     : "+r"(rounds)
                     :
                     : "cc", "xmm0");
}

static void load(long rounds)
{
    __asm__ volatile("1:\n.rept 48\nvmovapd (%1), %%zmm0\nvmovapd (%1), %%zmm1\n.endr\ndec %0\njnz 1b"
                     : "+r"(rounds)
                     : "r"(room)
                     : "cc", "xmm0", "xmm1");
}

static void store(long rounds)
{
    __asm__ volatile("1:\n.rept 96\nvmovapd %%zmm14, (%1)\n.endr\ndec %0\njnz 1b"
                     : "+r"(rounds)
                     : "r"(room)
                     : "cc", "memory");
}

/* A vector is stored, and what was stored is loaded. */
static void store_and_load_in_chain(long rounds)
{
    __asm__ volatile("1:\n.rept 96\nvmovapd %%zmm14, (%1)\nvmovapd (%1), %%zmm14\n.endr\ndec %0\njnz 1b"
                     : "+r"(rounds)
                     : "r"(room)
                     : "cc", "memory");
}

/* Numbers of full length, as divisions take less time for shorter ones; so near to 1 that nothing overflows. */
static void set_vectors(void)
{
    for (int i = 0; i < 8; i++)
        room[i] = 1 + 1e-9 * (i + 1.0 / 3);
    __asm__ volatile("vmovapd (%0), %%zmm14\nvmovapd (%0), %%zmm15\nvmovapd (%0), %%zmm0" : : "r"(room) : "memory");
}

/* The shortest time counts: what makes it longer comes from outside. */
static double time_of(void (*loop)(long rounds))
{
    double least = 1e300;
    for (int i = 0; i < REPEATS; i++) {
        set_vectors();
        const double start = now_ns();
        loop(ROUNDS);
        const double time = (now_ns() - start) / (1.0 * ROUNDS * IN_ROUND);
        least = time < least ? time : least;
    }
    return least;
}

int main(void)
{
    if (!__builtin_cpu_supports("avx512f"))
        return 77;
    printf("{\"cycle_ns\": %.5f, ", time_of(add_whole_numbers_in_chain));
    printf("\"multiply_add_ns\": %.5f, \"multiply_add_in_chain_ns\": %.5f, ", time_of(multiply_add),
           time_of(multiply_add_in_chain));
    printf("\"add_in_chain_ns\": %.5f, ", time_of(add_in_chain));
    printf("\"divide_ns\": %.5f, \"divide_in_chain_ns\": %.5f, ", time_of(divide), time_of(divide_in_chain));
    printf("\"load_ns\": %.5f, \"store_ns\": %.5f, ", time_of(load), time_of(store));
    printf("\"store_and_load_in_chain_ns\": %.5f}\n", time_of(store_and_load_in_chain));
    return ferror(stdout) != 0 || fflush(stdout) != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

#else

int main(void)
{
    return 77;
}

#endif
