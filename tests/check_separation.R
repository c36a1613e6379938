# The area that tells responders from others, with DeLong's interval, against pROC, and the difference of two curves of
# the same patients against the influence of each patient that survival gives: Rscript check_separation.R
# PRINT_SEPARATION. Exit 77 without pROC or survival.
for (package in c("pROC", "survival")) if (!requireNamespace(package, quietly = TRUE)) {
  message(sprintf("skipped: R package %s is not installed (r-cran-%s)", package, tolower(package)))
  quit(status = 77)
}
suppressMessages(library(pROC))
library(survival)
program <- commandArgs(trailingOnly = TRUE)[1]
printed <- read.csv(text = system2(program, stdout = TRUE))
largest <- c(area = 0, weighted_area = 0, medians = 0, at = 0, mean = 0, weighted_at = 0, weighted_mean = 0, apart_mean = 0)
compared <- largest
without <- 0
note <- function(what, ours, theirs) {
  largest[what] <<- max(largest[what], abs(ours - theirs) / pmax(abs(theirs), 1e-3))
  compared[what] <<- compared[what] + 1
}

# Weighted, from the definition: every pair, and the variance of the components of each patient.
by_pairs <- function(x, y, wx, wy) {
  wins <- outer(x, y, function(a, b) (a > b) + (a == b) / 2)
  of_x <- drop(wins %*% wy) / sum(wy)
  of_y <- drop(wx %*% wins) / sum(wx)
  area <- sum(wx * of_x) / sum(wx)
  part <- function(w, components) {
    effective <- sum(w)^2 / sum(w^2)
    sum((w / sum(w) * (components - area))^2) * effective / (effective - 1)
  }
  variance <- part(wx, of_x) + part(wy, of_y)
  limits <- area + c(-1, 1) * qnorm(0.975) * sqrt(variance)
  if (variance == 0) limits <- c(NA, NA)
  c(area, pmin(pmax(limits, 0), 1))
}

groups <- function(set) {
  rows <- subset(set, kind == "patient")
  ours <- unlist(subset(set, kind == "area")[c("a", "b", "c")])
  first <- rows$b == 1
  curve <- roc(rows$b, rows$a, levels = c(0, 1), direction = "<", quiet = TRUE)
  theirs <- suppressWarnings(ci.auc(curve, method = "delong"))[c(2, 1, 3)]
  if (is.nan(ours[2])) { # pROC gives an interval of no width
    stopifnot(theirs[2] == theirs[3], ours[1] == theirs[1])
    without <<- without + 1
  } else note("area", ours, theirs)
  weighted <- by_pairs(rows$a[first], rows$a[!first], rows$c[first], rows$c[!first])
  found <- unlist(subset(set, kind == "weighted")[c("a", "b", "c")])
  if (!is.nan(found[2])) note("weighted_area", found, weighted)
  note("medians", unlist(subset(set, kind == "medians")[c("a", "b")]), c(median(rows$a[first]), median(rows$a[!first])))
}

# What each patient moves the reading by, times the weight.
influence <- function(rows, weights, mean_until) {
  fit <- survfit(Surv(b, c) ~ 1, rows, weights = weights, influence = 1, robust = TRUE, id = rows$a)
  until <- fit$time <= 100
  if (!mean_until) return(list(value = tail(fit$surv[until], 1), moves = fit$influence.surv[, sum(until)]))
  steps <- diff(c(fit$time[until], 100))
  first <- min(fit$time[1], 100)
  list(value = first + sum(fit$surv[until] * steps), moves = drop(fit$influence.surv[, until, drop = FALSE] %*% steps))
}

arms <- function(set) {
  first <- subset(set, kind == "first")
  second <- subset(set, kind == "second")
  for (what in c("at", "mean", "weighted_at", "weighted_mean", "apart_mean")) {
    weighted <- startsWith(what, "weighted")
    one <- influence(first, if (weighted) first$d else rep(1, nrow(first)), !endsWith(what, "at"))
    two <- influence(second, if (weighted) second$d else rep(1, nrow(second)), !endsWith(what, "at"))
    moves <- c(one$moves, -two$moves)
    patient <- c(first$a, second$a + if (what == "apart_mean") 1000 else 0)
    error <- sqrt(sum(tapply(moves, patient, sum)^2))
    value <- one$value - two$value
    ours <- unlist(subset(set, kind == what)[c("a", "b", "c", "d")])
    if (is.nan(ours[4])) stopifnot(error < 1e-12)
    else note(what, ours, c(value, value + c(-1, 1) * qnorm(0.975) * error, error))
  }
}

for (set in split(printed, printed$set)) {
  groups(set)
  arms(set)
}
print(rbind(`sets compared` = compared, `largest relative difference` = signif(largest, 2)))
cat(sprintf("%d sets of groups that do not overlap have no interval; pROC %s, survival %s\n", without,
            as.character(packageVersion("pROC")), as.character(packageVersion("survival"))))
quit(status = if (all(largest < 1e-9) && all(compared > 80)) 0 else 1)
