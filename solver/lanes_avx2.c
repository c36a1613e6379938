#define ABSCOPAL_LANES 4
#define LANES_FUNCTIONS lanes_avx2
#define LANES_INSTRUCTIONS "AVX2"
#include "solver/lanes_engine.h"
