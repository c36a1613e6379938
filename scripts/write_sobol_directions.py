"""Writes cohorts/sobol_directions.c, the direction numbers of Sobol's sequence that Joe and Kuo found, from SciPy's copy:

    /usr/bin/python3 scripts/write_sobol_directions.py > cohorts/sobol_directions.c
"""

import os

import numpy
import scipy.stats

DIMENSIONS = 256
HEAD = """\
/* Written by scripts/write_sobol_directions.py from SciPy's copy of new-joe-kuo-6.21201: for each dimension its primitive
 * polynomial and initial direction numbers (Joe and Kuo 2008, doi:10.1137/070709359).
 *
 * Copyright (c) 2008, Frances Y. Kuo and Stephen Joe. All rights reserved.
 *
 * Redistribution and use in source and binary forms, with or without modification, are permitted provided that the
 * following conditions are met: redistributions of source code must retain the above copyright notice, this list of
 * conditions and the following disclaimer; redistributions in binary form must reproduce them in the documentation or
 * other materials provided with the distribution; neither the names of the copyright holders nor the names of the
 * University of New South Wales and the University of Waikato and its contributors may be used to endorse or promote
 * products derived from this software without specific prior written permission.
 *
 * This software is provided by the copyright holders "as is" and any express or implied warranties, including, but not
 * limited to, the implied warranties of merchantability and fitness for a particular purpose are disclaimed. In no event
 * shall the copyright holders be liable for any direct, indirect, incidental, special, exemplary, or consequential
 * damages (including, but not limited to, procurement of substitute goods or services; loss of use, data, or profits; or
 * business interruption) however caused and on any theory of liability, whether in contract, strict liability, or tort
 * (including negligence or otherwise) arising in any way out of the use of this software, even if advised of the
 * possibility of such damage. */
#include "cohorts/sobol.h"

const struct sobol_direction sobol_directions[SOBOL_DIMENSIONS] = {"""

table = numpy.load(os.path.join(os.path.dirname(scipy.stats.__file__), "_sobol_direction_numbers.npz"))
print(HEAD)
for polynomial, numbers in zip(table["poly"][:DIMENSIONS], table["vinit"][:DIMENSIONS]):
    degree = int(polynomial).bit_length() - 1
    print("    {%d, {%s}}," % (polynomial, ", ".join(str(number) for number in numbers[: max(degree, 1)])))
print("};")
