# Kaplan-Meier curves, log-rank tests and Cox's model against R's survival, Wilson intervals against R's prop.test (an
# implementation of its own, by Newcombe's formula), exact ones against binom.test:
#     Rscript check_survival.R PRINT_ENDPOINTS PRINT_SURVIVAL
# Exit 77 without survival.
if (!requireNamespace("survival", quietly = TRUE)) {
  message("skipped: R package survival is not installed (r-cran-survival)")
  quit(status = 77)
}
library(survival)
program <- commandArgs(trailingOnly = TRUE)[1]
read_output <- function(what) read.csv(text = system2(program, what, stdout = TRUE))

km <- read_output("km")
ours <- tapply(km$median, km$case, `[`, 1)
theirs <- sapply(split(km, km$case), function(rows) {
  fit <- survival::survfit(survival::Surv(time, event) ~ 1, data = rows)
  unname(summary(fit)$table["median"])
})
theirs[is.na(theirs)] <- Inf
different <- which(ours != theirs)
reached <- sum(is.finite(theirs))
between <- sum(is.finite(theirs) & theirs %% 40 != 0)
cat(sprintf("Kaplan-Meier: %d cases, %d medians reached, %d of them a midpoint, %d not as in survival %s\n",
            length(theirs), reached, between, length(different), packageVersion("survival")))

wilson <- read_output("wilson")
intervals <- t(mapply(function(count, total)
  suppressWarnings(prop.test(count, total, correct = FALSE)$conf.int), wilson$count, wilson$total))
exact_intervals <- t(mapply(function(count, total) binom.test(count, total)$conf.int, wilson$count, wilson$total))
largest <- max(abs(cbind(wilson$lower, wilson$upper) - intervals))
exact <- abs(cbind(wilson$exact_lower, wilson$exact_upper) - exact_intervals) / pmax(exact_intervals, 1e-300)
cat(sprintf("Wilson: %d intervals, largest difference %.1e\n", nrow(wilson), largest))
cat(sprintf("Clopper-Pearson: %d intervals, largest relative difference %.1e\n", nrow(wilson), max(exact)))

# The data must reach every branch, or the comparison says little.
covered <- reached > 100 && reached < length(theirs) - 20 && between > 10 && nrow(wilson) > 200
endpoints_agree <- length(different) == 0 && largest < 1e-12 && max(exact) < 1e-8 && covered

# ---- Curves, log-rank test and Cox's model --------------------------------------------------------------------------

patients <- function(time, event, group, covariate, stratum)
  data.frame(time = time, event = as.integer(event), group = group, covariate = covariate, stratum = stratum,
             weight = 0.25 + seq_along(time) %% 7 / 3)
i <- 1:150
named <- list(
  lung = with(lung, patients(time, status == 2, sex - 1, age, ifelse(is.na(inst), 0, inst))),
  veteran = with(veteran, patients(time, status, as.integer(celltype) - 1, karno, prior / 10)),
  ties = patients(1 + (7 * i + i %/% 9) %% 5, i^2 %% 4 != 0 | i %% 8 == 2, i %% 3, (37 * i) %% 101 / 10, i %/% 6 %% 2),
  censoring = patients(40 + (61 * i) %% 151 / 4, i %% 11 == 0, (i %/% 3) %% 2, 1000 + sin(i), i %% 2),
  early = patients((97 * i) %% 151, (97 * i) %% 151 < 60 & i %% 3 > 0, (i %/% 2) %% 2, exp(i / 50) - (97 * i) %% 151 / 40,
                   i %% 5))
set.seed(20250701)
random <- lapply(1:200, function(k) {
  n <- sample(40, 1)
  patients(40 * sample(sample(12, 1), n, replace = TRUE), runif(n) < runif(1), sample(sample(4, 1), n, replace = TRUE) - 1,
           round(rnorm(n), sample(0:2, 1)), sample(2, n, replace = TRUE) - 1)
})
sets <- c(named, random)

rows <- do.call(rbind, Map(function(k, set) cbind(set = k - 1, set), seq_along(sets), sets))
input <- tempfile()
write.csv(format(rows, digits = 17, scientific = FALSE, trim = TRUE), input, row.names = FALSE, quote = FALSE)
printed <- read.csv(text = system2(commandArgs(trailingOnly = TRUE)[2], stdin = input, stdout = TRUE))
printed <- split(printed, printed$set)

# What R says under the names that print_survival uses; NA is not finite there.
survfit_values <- function(set) {
  values <- list()
  for (kind in c("log-log", "log", "plain")) {
    fit <- survfit(Surv(time, event) ~ 1, data = set, conf.type = kind)
    values[[paste0(kind, ".lower")]] <- fit$lower
    values[[paste0(kind, ".upper")]] <- fit$upper
  }
  fit <- survfit(Surv(time, event) ~ 1, data = set, conf.type = "log-log")
  values[c("time", "n.risk", "n.event", "n.censor", "surv", "std.err")] <-
    unclass(fit)[c("time", "n.risk", "n.event", "n.censor", "surv", "std.err")]
  weighted <- survfit(Surv(time, event) ~ 1, data = set, weights = weight, robust = TRUE, influence = 1,
                      conf.type = "log-log")
  values[paste0("weighted.", c("n.risk", "surv", "std.err", "lower", "upper"))] <-
    unclass(weighted)[c("n.risk", "surv", "std.err", "lower", "upper")]
  values$weighted.std.err <- weighted$std.err / weighted$surv  # R's is that of survival when it is robust
  # R has no robust error of the restricted mean: it follows from what each patient moves the curve by.
  influence <- matrix(weighted$influence.surv, nrow(set))
  if (weighted$logse || max(abs(sqrt(colSums(influence^2)) - weighted$std.err)) > 1e-12)
    stop("influence is not what it is taken for")
  means <- sapply(max(set$time) * (1:9) / 9, function(until) {
    width <- pmax(0, pmin(c(weighted$time[-1], Inf), until) - weighted$time)
    c(min(weighted$time, until) + sum(width * weighted$surv), sqrt(sum((influence %*% width)^2)))
  })
  values$weighted.rmean.value <- means[1, ]
  values$weighted.rmean.se <- means[2, ]
  last <- max(set$time)
  at <- summary(fit, times = last * (1:9) / 10)
  values[paste0("at.", c("value", "se", "lower", "upper"))] <- unclass(at)[c("surv", "std.err", "lower", "upper")]
  tables <- sapply(last * (1:9) / 9, function(until)
    if (until < min(set$time)) c(NA, NA) else summary(fit, rmean = until)$table[c("rmean", "se(rmean)")])
  values$rmean.value <- tables[1, ]
  values$rmean.se <- tables[2, ]
  values$median <- unname(summary(fit)$table[c("median", "0.95LCL", "0.95UCL")])
  quantiles <- quantile(fit, (1:9) / 10)
  values[paste0("quantile.", c("value", "lower", "upper"))] <- lapply(quantiles, unname)
  values
}

survdiff_values <- function(set, formula, prefix) {
  test <- tryCatch(suppressWarnings(survdiff(formula, data = set)), error = function(e) NULL)
  groups <- max(set$group) + 1
  if (is.null(test) || sum(rowSums(as.matrix(test$exp)) > 0) < 2)
    return(NULL)
  present <- sort(unique(set$group)) + 1
  observed <- expected <- numeric(groups)
  observed[present] <- rowSums(as.matrix(test$obs))
  expected[present] <- rowSums(as.matrix(test$exp))
  setNames(list(test$chisq, test$pvalue, observed, expected),
           paste0(prefix, c(".chisq", ".chisq.p", ".observed", ".expected")))
}

# Iterated to the end: coxph stops when the likelihood no longer rises by its tolerance, where the coefficient has about
# half as many digits; started again from there, it has the rest. NULL when it says nothing of the
# coefficient.
to_the_end <- coxph.control(eps = 1e-15, iter.max = 100, toler.chol = 1e-16)
coxph_values <- function(set, formula, ties, prefix) {
  fit <- tryCatch(suppressWarnings(coxph(formula, data = set, ties = ties, control = to_the_end)),
                  error = function(e) NULL)
  if (is.null(fit) || is.na(coef(fit)) || coef(fit) == 0 && fit$var[1] == 0)
    return(NULL)
  ended <- tryCatch(suppressWarnings(coxph(formula, data = set, ties = ties, control = to_the_end, init = coef(fit))),
                    error = function(e) fit)
  if (is.na(coef(ended)))  # nor does it start from where a monotone likelihood led it
    ended <- fit
  limits <- suppressWarnings(summary(ended)$conf.int)
  tests <- c(wald = coef(ended)[[1]]^2 / ended$var[1], score = fit$score, lrt = 2 * (ended$loglik[2] - fit$loglik[1]))
  values <- c(coef = coef(ended)[[1]], se = suppressWarnings(sqrt(ended$var[1])), hr = limits[[1]], lower = limits[[3]],
              upper = limits[[4]], null = fit$loglik[1], loglik = ended$loglik[2], tests,
              setNames(pchisq(tests, 1, lower.tail = FALSE), paste0(names(tests), ".p")))
  setNames(as.list(values), paste0(prefix, ".", names(values)))
}

# Weighted, with the variance over patients; the robust score test with ties as Breslow is that of the log-rank test.
weighted_cox_values <- function(set, formula, prefix) {
  fit <- function(ties, ...) suppressWarnings(coxph(formula, data = set, weights = weight, robust = TRUE, ties = ties,
                                                    control = to_the_end, ...))
  found <- tryCatch(fit("efron"), error = function(e) NULL)
  if (is.null(found) || is.na(coef(found)) || coef(found) == 0 && found$var[1] == 0 || is.null(found$naive.var))
    return(NULL)
  ended <- tryCatch(fit("efron", init = coef(found)), error = function(e) found)
  if (is.na(coef(ended)))
    ended <- found
  score <- summary(suppressWarnings(fit("breslow")))$robscore
  robust <- sqrt(ended$var[1])
  values <- c(coef = coef(ended)[[1]], naive = sqrt(ended$naive.var[1]), robust = robust,
              lower = exp(coef(ended)[[1]] - qnorm(0.975) * robust),
              upper = exp(coef(ended)[[1]] + qnorm(0.975) * robust), null = found$loglik[1], loglik = ended$loglik[2],
              robscore = score[["test"]], robscore.p = score[["pvalue"]])
  setNames(as.list(values), paste0(prefix, ".", names(values)))
}

largest <- numeric()  # relative difference by kind of number, over the named sets and over all
cases <- c()          # how often the comparison saw what
count <- function(what) cases[what] <<- sum(cases[what], 1, na.rm = TRUE)
wrong <- character()

# Both not finite, or equal to 1e-8. In random data what is 0 but for rounding is compared with 1e-12.
compare <- function(name, what, ours, theirs) {
  ours[!is.finite(ours)] <- NA
  theirs[!is.finite(theirs)] <- NA
  least <- if (name %in% names(named)) 1e-300 else 1e-4
  difference <- abs(ours - theirs) / pmax(abs(theirs), least)
  if (length(ours) != length(theirs) || any(is.na(ours) != is.na(theirs)) || any(difference > 1e-8, na.rm = TRUE))
    wrong <<- c(wrong, sprintf("%s: %s: %s, in R %s", name, what, toString(format(ours, digits = 12)),
                               toString(format(theirs, digits = 12))))
  kind <- paste(if (name %in% names(named)) "named" else "random", sub("[.].*", "", what))
  largest[kind] <<- max(0, largest[kind], difference, na.rm = TRUE)
}

# R's quantile differs from its own median, and from ours, where the curve ends at 1 - p or a limit rises again.
quantiles_differ <- function(values, p) {
  limit <- diff(values[["log-log.upper"]])
  abs(tail(values$surv, 1) - (1 - p)) < 1e-6 | any(limit > 0, na.rm = TRUE)
}

check_cox <- function(name, ours, theirs, prefix) {
  status <- ours[[paste0(prefix, ".status")]]
  if (name %in% names(named) && status != 0)
    wrong <<- c(wrong, paste(name, prefix, "not estimated"))
  count(paste("Cox", c("estimated", "no events", "no variation", "monotone", "not converged")[status + 1]))
  parts <- names(theirs)
  if (status == 3) {  # R goes on to where the likelihood no longer rises
    if (is.null(theirs) || abs(theirs[[paste0(prefix, ".coef")]]) * diff(range(sets[[name]]$covariate, 0, 1)) < 8)
      wrong <<- c(wrong, paste(name, prefix, "monotone, but not in R"))
    parts <- paste0(prefix, c(".null", ".loglik", ".score", ".lrt"))
  } else if (status != 0) {
    if (!is.null(theirs))
      wrong <<- c(wrong, paste(name, prefix, "not estimated, but in R"))
    return()
  }
  if (is.null(theirs))
    wrong <<- c(wrong, paste(name, prefix, "estimated, but not in R"))
  for (what in parts)
    # Next to 0 the p of a test is the root of what rounding left.
    if (!endsWith(what, ".p") || theirs[[sub("[.]p$", "", what)]] > 1e-6)
      compare(name, what, ours[[what]], theirs[[what]])
}

check_log_rank <- function(name, ours, theirs, prefix) {
  status <- ours[[paste0(prefix, ".status")]]
  if (name %in% names(named) && status != 0)
    wrong <<- c(wrong, paste(name, prefix, "not estimated"))
  count(paste("log-rank", c("estimated", "no events", "no variation")[status + 1]))
  if ((status == 0) == is.null(theirs))
    wrong <<- c(wrong, paste(name, prefix, "status", status))
  if (status == 0)
    for (what in names(theirs))
      compare(name, what, ours[[what]], theirs[[what]])
}

names(sets)[-seq_along(named)] <- paste("random", seq_along(random))
default_control <- 0  # largest relative difference of a named set's coefficient from that of coxph as it comes
for (k in seq_along(sets)) {
  name <- names(sets)[k]
  set <- sets[[k]]
  set$second <- as.integer(set$group == 1)
  of_set <- printed[[as.character(k - 1)]]
  ours <- split(of_set$value, factor(of_set$what, unique(of_set$what)))

  theirs <- survfit_values(set)
  compare(name, "median", unlist(ours[paste0("quantile.", c("value", "lower", "upper"))])[c(5, 14, 23)], theirs$median)
  comparable <- !sapply((1:9) / 10, quantiles_differ, values = theirs)
  cases["quantiles"] <- sum(cases["quantiles"], comparable, na.rm = TRUE)
  for (what in setdiff(names(theirs), "median")) {
    if (what == "weighted.std.err") # of nobody left it is infinite here and not a number there
      theirs[[what]][theirs$weighted.surv < 1e-12] <- NA
    # R does not give a restricted mean up to before the first time.
    some <- if (startsWith(what, "quantile")) comparable else !startsWith(what, "rmean") | !is.na(theirs$rmean.value)
    compare(name, what, ours[[what]][some], theirs[[what]][some])
  }
  for (part in list(list(Surv(time, event) ~ covariate, "weighted.cox"),
                    list(Surv(time, event) ~ second, "weighted.cox.group"))) {
    theirs <- weighted_cox_values(set, part[[1]], part[[2]])
    status <- ours[[paste0(part[[2]], ".status")]]
    if (status != 3 && (status == 0) == is.null(theirs)) # of a monotone likelihood R says something or nothing
      wrong <- c(wrong, paste(name, part[[2]], "status", status))
    if (status == 0 && !is.null(theirs)) {
      count("weighted Cox")
      for (what in names(theirs))
        compare(name, what, ours[[what]], theirs[[what]])
    }
  }
  check_log_rank(name, ours, survdiff_values(set, Surv(time, event) ~ group, "logrank"), "logrank")
  check_log_rank(name, ours, survdiff_values(set, Surv(time, event) ~ group + strata(stratum), "logrank.strata"),
                 "logrank.strata")
  for (ties in c("efron", "breslow")) {
    prefix <- paste0("cox.", ties)
    check_cox(name, ours, coxph_values(set, Surv(time, event) ~ covariate, ties, prefix), prefix)
    prefix <- paste0("cox.", ties, ".strata")
    check_cox(name, ours, coxph_values(set, Surv(time, event) ~ covariate + strata(stratum), ties, prefix), prefix)
    prefix <- paste0("cox.group.", ties)
    check_cox(name, ours, coxph_values(set, Surv(time, event) ~ second, ties, prefix), prefix)
  }
}
for (k in seq_along(named)) {
  of_set <- printed[[as.character(k - 1)]]
  for (ties in c("efron", "breslow")) {
    ours <- of_set$value[of_set$what == paste0("cox.", ties, ".coef")]
    theirs <- coef(coxph(Surv(time, event) ~ covariate, data = named[[k]], ties = ties))[[1]]
    default_control <- max(default_control, abs(ours / theirs - 1))
  }
}
cat(sprintf("largest relative difference: named coefficient, coxph's own tolerance %.1e\n", default_control))
cat(sprintf("largest relative difference: %s %.1e\n", names(largest), largest), sep = "")
cat(sprintf("%s: %d\n", names(cases), cases), sep = "")
cat(head(wrong, 20), sep = "\n")
cat(sprintf("%d numbers or states of %d data sets not as in survival %s\n", length(wrong), length(sets),
            packageVersion("survival")))
expected <- c("Cox estimated", "Cox no events", "Cox no variation", "Cox monotone", "log-rank estimated",
              "log-rank no events", "log-rank no variation")
covered <- all(cases[expected] > 5, na.rm = FALSE) && cases["weighted Cox"] > 200 && cases["quantiles"] > 1000
quit(status = if (endpoints_agree && length(wrong) == 0 && isTRUE(covered)) 0 else 1)
