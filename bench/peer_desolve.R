# Part A with R's deSolve and a compiled model, as its vignette "compiledCode" shows. Prints one JSON object.
#
#   Rscript peer_desolve.R FOLDER METHOD [--tolerance X] [--seconds X]
#
# FOLDER holds libpart_a_desolve.so. METHOD is lsoda, lsoda-exact, lsodes, lsodes-exact: with the Jacobian by
# differences, or the exact one (for lsodes with its pattern). One call of ode() is one patient: doses are an event
# table, at which deSolve restarts.
suppressPackageStartupMessages(library(deSolve))

arguments <- commandArgs(trailingOnly = TRUE)
option <- function(name, default) {
    at <- match(name, arguments)
    if (is.na(at)) default else as.numeric(arguments[at + 1])
}
method <- arguments[2]
tolerance <- option("--tolerance", 1e-6)
seconds <- option("--seconds", 0.5)

dyn.load(file.path(arguments[1], "libpart_a_desolve.so"))
states <- 48
setup <- .C("part_a_desolve_setup", status = 1L, state = double(states), tolerance = double(states), dose = 0,
            drug_blood = 0L)
if (setup$status != 0) stop("part A is not what bench/part_a.c expects")
pattern <- .C("part_a_desolve_pattern", count = as.integer(states^2), row = integer(states^2),
              column = integer(states^2))
entries <- seq_len(pattern$count)

start <- setNames(setup$state, paste0("s", seq_len(states)))
drug <- names(start)[setup$drug_blood]
start[drug] <- start[drug] + setup$dose # the dose of day 0
days <- seq(14, 399, by = 14)
doses <- data.frame(var = drug, time = days, value = setup$dose, method = "add")

jacobian <- switch(method,
    "lsoda" = list(),
    "lsoda-exact" = list(jacfunc = "jac", jactype = "fullusr"),
    "lsodes" = list(sparsetype = "sparseint"),
    # deSolve's own estimate of the work space is too low with an exact Jacobian.
    "lsodes-exact" = list(sparsetype = "sparseusr", jacvec = "jacvec", lrw = 20000,
                          inz = cbind(pattern$row[entries], pattern$column[entries])),
    stop("no such method: ", method))
solver <- if (startsWith(method, "lsodes")) lsodes else lsoda
patient <- function() {
    do.call(solver, c(list(y = start, times = 0:400, func = "derivs", parms = NULL, dllname = "libpart_a_desolve",
                           initfunc = "initmod", rtol = tolerance, atol = setup$tolerance, maxsteps = 100000,
                           events = list(data = doses)),
                      jacobian))
}

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
rows <- nrow(course)
volumes <- .C("part_a_desolve_volumes", rows, as.double(course[, -1]), volume = double(rows))$volume
if (rows != 401) stop("only ", rows, " outputs")
# deSolve counts from the last restart only, so what the whole run took is not known.
cat(sprintf(paste0('{"patients": %d, "ms_per_patient": %.6g, "processor_ms_per_patient": %.6g, "steps": null, ',
                   '"right_hand_sides": null, "jacobians": null, "detail": "deSolve %s, R %s", "volume_l": [%s]}\n'),
            patients, 1000 * elapsed[1] / patients, 1000 * elapsed[2] / patients, packageVersion("deSolve"),
            getRversion(), paste(sprintf("%.17g", volumes), collapse = ", ")))
