# Part A with mrgsolve, from the model file that bench/mrgsolve_model.py writes. Prints one JSON object.
#
#   Rscript peer_mrgsolve.R FOLDER lsoda [--tolerance X] [--seconds X]
#
# FOLDER holds part_a.cpp and libpart_a_desolve.so, from which absolute tolerances and dose come. One call of mrgsim_e()
# is one patient.
suppressPackageStartupMessages(library(mrgsolve))

arguments <- commandArgs(trailingOnly = TRUE)
option <- function(name, default) {
    at <- match(name, arguments)
    if (is.na(at)) default else as.numeric(arguments[at + 1])
}
folder <- arguments[1]
tolerance <- option("--tolerance", 1e-6)
seconds <- option("--seconds", 0.5)

dyn.load(file.path(folder, "libpart_a_desolve.so"))
setup <- .C("part_a_desolve_setup", status = 1L, state = double(48), tolerance = double(48), dose = 0, drug_blood = 0L)
if (setup$status != 0) stop("part A is not what bench/part_a.c expects")

model <- mread("part_a", project = folder, soloc = folder, quiet = TRUE)
# One absolute tolerance for all states where this version takes no other; then one that suits the smallest.
model <- update(model, rtol = tolerance, atol = 1e-12, maxsteps = 100000, start = 0, end = 400, delta = 1)
custom <- exists("custom_atol", asNamespace("mrgsolve"))
if (custom) model <- custom_atol(model, as.list(setNames(setup$tolerance, names(as.list(init(model))))))
doses <- ev(amt = setup$dose, cmt = "A_C", time = 0, ii = 14, addl = 28)
patient <- function() mrgsim_e(model, doses, obsonly = TRUE, output = "df")

course <- patient() # not timed: the first one warms up
now <- function() {
    clocks <- proc.time()
    c(clocks[["elapsed"]], clocks[["user.self"]] + clocks[["sys.self"]])
}
patients <- 0
begun <- now()
repeat {
    course <- patient()
    patients <- patients + 1
    elapsed <- now() - begun
    if (elapsed[1] >= seconds) break
}
if (nrow(course) != 401) stop("only ", nrow(course), " outputs")
cat(sprintf(paste0('{"patients": %d, "ms_per_patient": %.6g, "processor_ms_per_patient": %.6g, "steps": null, ',
                   '"right_hand_sides": null, "jacobians": null, "detail": "mrgsolve %s, %s", "volume_l": [%s]}\n'),
            patients, 1000 * elapsed[1] / patients, 1000 * elapsed[2] / patients, packageVersion("mrgsolve"),
            if (custom) "an absolute tolerance for each state" else "one absolute tolerance, 1e-12",
            paste(sprintf("%.17g", course$tumour_volume_l), collapse = ", ")))
