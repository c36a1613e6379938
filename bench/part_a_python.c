/* Part A as a Python module: the right-hand side that SciPy calls costs one call of a C function that takes and returns
 * NumPy arrays, the least that its solvers allow (they accept no function pointers). */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#define NPY_NO_DEPRECATED_API NPY_1_7_API_VERSION
#include <numpy/arrayobject.h>

#include <stdbool.h>

#include "bench/part_a.h"

/* The values of a float64 array that holds whole states, as a new reference to a contiguous array; NULL with the error
 * set when it holds anything else. SciPy's own differences hand over columns of a matrix, which are not contiguous. */
static PyArrayObject *read_states(PyObject *object)
{
    PyArrayObject *states = (PyArrayObject *)PyArray_FROM_OTF(object, NPY_DOUBLE, NPY_ARRAY_IN_ARRAY);
    if (states != NULL && (PyArray_SIZE(states) == 0 || PyArray_SIZE(states) % PART_A_STATES != 0)) {
        PyErr_SetString(PyExc_TypeError, "a state has 48 values");
        Py_CLEAR(states);
    }
    return states;
}

/* The state of a call f(day, state), or f(state, day) as odeint has it. */
static PyArrayObject *read_argument(PyObject *const *arguments, Py_ssize_t count)
{
    if (count == 2)
        return read_states(
            arguments[PyArray_Check(arguments[0]) && PyArray_NDIM((PyArrayObject *)arguments[0]) > 0 ? 0 : 1]);
    PyErr_SetString(PyExc_TypeError, "day and state are needed");
    return NULL;
}

static PyObject *rates(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    (void)self;
    PyArrayObject *state = read_argument(arguments, count);
    if (state == NULL)
        return NULL;
    npy_intp size = PART_A_STATES;
    PyObject *rate = PyArray_SimpleNew(1, &size, NPY_DOUBLE);
    if (rate != NULL)
        part_a_rates(PyArray_DATA(state), PyArray_DATA((PyArrayObject *)rate));
    Py_DECREF(state);
    return rate;
}

/* A new matrix of the Jacobian, rows by columns in memory as `order` says. */
static PyObject *jacobian_in_order(PyObject *const *arguments, Py_ssize_t count, int by_columns)
{
    PyArrayObject *state = read_argument(arguments, count);
    if (state == NULL)
        return NULL;
    npy_intp sizes[] = {PART_A_STATES, PART_A_STATES};
    PyObject *matrix = PyArray_ZEROS(2, sizes, NPY_DOUBLE, by_columns);
    if (matrix != NULL)
        part_a_jacobian(PyArray_DATA(state), PyArray_DATA((PyArrayObject *)matrix));
    Py_DECREF(state);
    return matrix;
}

static PyObject *jacobian(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    (void)self;
    return jacobian_in_order(arguments, count, 1);
}

/* Its transpose, which odeint takes without copying (col_deriv). */
static PyObject *jacobian_transposed(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    (void)self;
    return jacobian_in_order(arguments, count, 0);
}

static PyObject *new_state(void (*fill)(double *))
{
    npy_intp size = PART_A_STATES;
    PyObject *state = PyArray_SimpleNew(1, &size, NPY_DOUBLE);
    if (state != NULL)
        fill(PyArray_DATA((PyArrayObject *)state));
    return state;
}

static PyObject *start(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    return new_state(part_a_start);
}

static PyObject *absolute_tolerances(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    return new_state(part_a_absolute_tolerances);
}

/* Row and column of every entry of the Jacobian. */
static PyObject *pattern(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    int column_start[PART_A_STATES + 1], row[PART_A_STATES * PART_A_STATES];
    part_a_pattern(column_start, row);
    PyObject *entries = PyList_New(0);
    if (entries == NULL)
        return NULL;
    for (int column = 0; column < PART_A_STATES; column++)
        for (int entry = column_start[column]; entry < column_start[column + 1]; entry++) {
            PyObject *place = Py_BuildValue("(ii)", row[entry], column);
            const bool added = place != NULL && PyList_Append(entries, place) == 0;
            Py_XDECREF(place);
            if (!added) {
                Py_DECREF(entries);
                return NULL;
            }
        }
    return entries;
}

/* Name and value of each state at the start, and of each constant. */
static PyObject *symbols(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    double state[PART_A_STATES], value;
    part_a_start(state);
    PyObject *states = PyDict_New(), *constants = PyDict_New();
    bool complete = states != NULL && constants != NULL;
    for (int i = 0; complete && i < PART_A_STATES; i++) {
        PyObject *number = PyFloat_FromDouble(state[i]);
        complete = number != NULL && PyDict_SetItemString(states, part_a_symbol(i), number) == 0;
        Py_XDECREF(number);
    }
    const char *name;
    for (int i = 0; complete && (name = part_a_constant(i, &value)) != NULL; i++) {
        PyObject *number = PyFloat_FromDouble(value);
        complete = number != NULL && PyDict_SetItemString(constants, name, number) == 0;
        Py_XDECREF(number);
    }
    PyObject *both = complete ? PyTuple_Pack(2, states, constants) : NULL;
    Py_XDECREF(states);
    Py_XDECREF(constants);
    return both;
}

/* Tumour volume of each row of states, L. */
static PyObject *tumour_volumes(PyObject *self, PyObject *states)
{
    (void)self;
    PyArrayObject *array = read_states(states);
    if (array == NULL)
        return NULL;
    npy_intp count = PyArray_SIZE(array) / PART_A_STATES;
    PyObject *volumes = PyArray_SimpleNew(1, &count, NPY_DOUBLE);
    if (volumes != NULL) {
        const double *state = PyArray_DATA(array);
        double *volume_l = PyArray_DATA((PyArrayObject *)volumes);
        for (npy_intp i = 0; i < count; i++)
            volume_l[i] = part_a_tumour_volume_l(state + i * PART_A_STATES);
    }
    Py_DECREF(array);
    return volumes;
}

static PyMethodDef functions[] = {
    {"rates", (PyCFunction)(void (*)(void))rates, METH_FASTCALL, "d(state)/dt of (day, state) or (state, day)."},
    {"jacobian", (PyCFunction)(void (*)(void))jacobian, METH_FASTCALL, "Its Jacobian, [row, column]."},
    {"jacobian_transposed", (PyCFunction)(void (*)(void))jacobian_transposed, METH_FASTCALL, "[column, row]."},
    {"start", start, METH_NOARGS, "The state before the first dose."},
    {"absolute_tolerances", absolute_tolerances, METH_NOARGS, "Those of the library."},
    {"symbols", symbols, METH_NOARGS, "Two dictionaries: states at the start, and constants, by symbol."},
    {"pattern", pattern, METH_NOARGS, "(row, column) of every entry of the Jacobian."},
    {"tumour_volumes", tumour_volumes, METH_O, "Tumour volume of each row of states, L."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {.m_base = PyModuleDef_HEAD_INIT,
                                        .m_name = "part_a",
                                        .m_doc = "Part A of the model, compiled.",
                                        .m_size = -1,
                                        .m_methods = functions};

PyMODINIT_FUNC PyInit_part_a(void)
{
    import_array();
    if (part_a_prepare() != 0) {
        PyErr_SetString(PyExc_ImportError, "part A is not what bench/part_a.c expects");
        return NULL;
    }
    PyObject *module = PyModule_Create(&definition);
    if (module == NULL)
        return NULL;
    if (PyModule_AddIntConstant(module, "DRUG_BLOOD", PART_A_DRUG_BLOOD) != 0 ||
        PyModule_AddIntConstant(module, "LAST_DAY", PART_A_LAST_DAY) != 0 ||
        PyModule_AddIntConstant(module, "DOSE_INTERVAL_DAYS", PART_A_DOSE_INTERVAL_DAYS) != 0 ||
        PyModule_AddObject(module, "DOSE_NANOMOLAR", PyFloat_FromDouble(part_a_dose_nanomolar())) != 0) {
        Py_DECREF(module);
        return NULL;
    }
    return module;
}
