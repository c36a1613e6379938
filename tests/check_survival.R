# Kaplan-Meier medians against R's survival, Wilson intervals against R's prop.test (an implementation of its own, by
# Newcombe's formula): Rscript check_survival.R PRINT_ENDPOINTS. Exit 77 without survival.
if (!requireNamespace("survival", quietly = TRUE)) {
  message("skipped: R package survival is not installed (r-cran-survival)")
  quit(status = 77)
}
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
largest <- max(abs(cbind(wilson$lower, wilson$upper) - intervals))
cat(sprintf("Wilson: %d intervals, largest difference %.1e\n", nrow(wilson), largest))

# The data must reach every branch, or the comparison says little.
covered <- reached > 100 && reached < length(theirs) - 20 && between > 10 && nrow(wilson) > 200
quit(status = if (length(different) == 0 && largest < 1e-12 && covered) 0 else 1)
