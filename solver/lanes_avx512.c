#define ABSCOPAL_LANES 8
#define LANES_FUNCTIONS lanes_avx512
#define LANES_INSTRUCTIONS "AVX-512"
#include "solver/lanes_engine.h"
