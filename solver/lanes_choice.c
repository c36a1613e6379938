#include "solver/alone.h"
#include "solver/lanes.h"

#if defined(__x86_64__)

/* What the library can do is decided when it is built, what the processor can do when it runs. */
static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl") && has_avx2();
}

const struct lanes_functions *lanes_choice(int index)
{
    const struct lanes_functions *found[3];
    int count = 0;
    if (has_avx512())
        found[count++] = &lanes_avx512;
    if (has_avx2())
        found[count++] = &lanes_avx2;
    found[count++] = &lanes_portable;
    return index >= 0 && index < count ? found[index] : NULL;
}

const struct alone_functions *alone_choice(int index)
{
    if (index == 0 && has_avx2())
        return &alone_fma;
    return index == (has_avx2() ? 1 : 0) ? &alone_portable : NULL;
}

#else

const struct lanes_functions *lanes_choice(int index)
{
    return index == 0 ? &lanes_portable : NULL;
}

const struct alone_functions *alone_choice(int index)
{
    return index == 0 ? &alone_portable : NULL;
}

#endif

const struct lanes_functions *lanes_best(void)
{
    return lanes_choice(0);
}

const struct alone_functions *alone_best(void)
{
    return alone_choice(0);
}
