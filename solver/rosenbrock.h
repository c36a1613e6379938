/* The method of the batch engine, as numbers: Rodas5P, a Rosenbrock method of eight stages (Steinebach 2023,
 * doi:10.1007/s10543-023-00967-x; coefficients as published, in the transformed form of Hairer and Wanner, Solving
 * Ordinary Differential Equations II, IV.7).
 *
 * A step of size h from y0 of y' = f(y) with the Jacobian J at y0 solves, with one matrix,
 *     (1/(h gamma) - J) u[i] = f(g[i]) + sum over j < i of c[i][j]/h u[j]        for i = 0, 1, ..., 7
 *     g[i] = y0 + sum over j < i of a[i][j] u[j]                                  for i < ROSENBROCK_FULL_STAGES
 *     g[i] = g[i - 1] + u[i - 1]                                                  for the stages after these
 * and ends at y1 = g[7] + u[7]. That the last stages stand where their forerunners ended is what makes the method
 * stiffly accurate: a rate however fast is at its equilibrium after a step, in y1 as in the embedded g[7].
 *
 * Properties (tests/test_rosenbrock*.c): y1 is of order 5; g[7] of order 4, so that u[7] is the estimated error; both
 * are A-stable and damp what is infinitely fast within one step (L-stable). At a share t of the step
 *     y(t) = (1 - t) y0 + t (y1 + (1 - t) (d[0] + t (d[1] + t d[2]))),   d[k] = sum over j of dense[k][j] u[j],
 * is of order 4. For an f that depends on time, further coefficients would be needed; ours does not. */
#ifndef ABSCOPAL_SOLVER_ROSENBROCK_H
#define ABSCOPAL_SOLVER_ROSENBROCK_H

enum {
    ROSENBROCK_STAGES = 8,
    ROSENBROCK_FULL_STAGES = 6, /* those whose argument is a sum of its own */
    ROSENBROCK_ORDER = 5,       /* the estimated error is proportional to the step to this power */
    ROSENBROCK_DENSE_TERMS = 3
};

#define ROSENBROCK_GAMMA 0.21193756319429014

static const double rosenbrock_a[ROSENBROCK_FULL_STAGES][ROSENBROCK_FULL_STAGES - 1] = {
    {0},
    {3.0},
    {2.849394379747939, 0.45842242204463923},
    {-6.954028509809101, 2.489845061869568, -10.358996098473584},
    {2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641},
    {-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946},
};

static const double rosenbrock_c[ROSENBROCK_STAGES][ROSENBROCK_STAGES - 1] = {
    {0},
    {-14.155112264123755},
    {-17.97296035885952, -2.859693295451294},
    {147.12150275711716, -1.41221402718213, 71.68940251302358},
    {165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306},
    {24.854864614690072, -3.0009227002832186, 47.4931110020768, 5.5814197821558125, -0.6610691825249471},
    {30.91273214028599, -3.1208243349937974, 77.79954646070892, 34.28646028294783, -19.097331116725623,
     -28.087943162872662},
    {37.80277123390563, -3.2571969029072276, 112.26918849496327, 66.9347231244047, -40.06618937091002,
     -54.66780262877968, -9.48861652309627},
};

static const double rosenbrock_dense[ROSENBROCK_DENSE_TERMS][ROSENBROCK_STAGES] = {
    {25.948786856663858, -2.5579724845846235, 10.433815404888879, -2.3679251022685204, 0.524948541321073,
     1.1241088310450404, 0.4272876194431874, -0.17202221070155493},
    {-9.91568850695171, -0.9689944594115154, 3.0438037242978453, -24.495224566215796, 20.176138334709044,
     15.98066361424651, -6.789040303419874, -6.710236069923372},
    {11.419903575922262, 2.8879645146136994, 72.92137995996029, 80.12511834622643, -52.072871366152654,
     -59.78993625266729, -0.15582684282751913, 4.883087185713722},
};

#endif
