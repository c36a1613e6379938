# Arms with the same patients, against coxph(..., cluster) of R's survival: Rscript check_survival_clusters.R
# PRINT_CLUSTERS. Exit 77 without survival.
if (!requireNamespace("survival", quietly = TRUE)) {
  message("skipped: R package survival is not installed (r-cran-survival)")
  quit(status = 77)
}
library(survival)
program <- commandArgs(trailingOnly = TRUE)[1]
printed <- read.csv(text = system2(program, stdout = TRUE))
control <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 100)
largest <- c(coefficient = 0, se = 0, chi = 0, p = 0, limits = 0)
weighted <- 0 # largest relative difference of what has weights
compared <- 0
narrower <- 0
monotone <- 0
for (set in split(printed, printed$set)) {
  rows <- subset(set, kind == "patient")
  ours <- unlist(subset(set, kind == "cox")[c("a", "b", "c", "d")])
  comparison <- unlist(subset(set, kind == "compare")[c("a", "b", "c", "d")])
  efron <- suppressWarnings(coxph(Surv(c, d) ~ b, rows, cluster = a, ties = "efron", control = control))
  # The log-rank test is the score test of Cox's model with Breslow's ties.
  breslow <- summary(suppressWarnings(coxph(Surv(c, d) ~ b, rows, cluster = a, ties = "breslow", control = control)))
  naive <- sqrt(efron$naive.var[1])
  theirs <- c(coef(efron), sqrt(efron$var[1]), breslow$robscore[c("test", "pvalue")])
  limits <- exp(theirs[1] + c(0, -1, 1) * qnorm(0.975) * theirs[2])
  if (is.infinite(ours[1])) { # R goes on until the likelihood no longer rises, and warns; the test is there all the same
    monotone <- monotone + 1
    stopifnot(is.nan(ours[2]), is.nan(comparison[2:3]), abs(ours[3] / theirs[3] - 1) < 1e-8)
    next
  }
  relative <- abs(ours - theirs) / pmax(abs(theirs), 1e-3)
  largest <- pmax(largest, c(relative, max(abs(comparison[1:3] / limits - 1), abs(comparison[4] - theirs[4]))))
  for (what in c("weighted", "apart")) {
    rows$weight <- 0.25 + (rows$a * 5) %% 7 / 3
    rows$own <- if (what == "weighted") rows$a else seq_len(nrow(rows))
    fit <- function(ties) suppressWarnings(coxph(Surv(c, d) ~ b, rows, weights = weight, cluster = own, ties = ties,
                                                 control = control))
    efron <- fit("efron")
    limits <- exp(coef(efron) + c(0, -1, 1) * qnorm(0.975) * sqrt(efron$var[1]))
    score <- summary(fit("breslow"))$robscore
    found <- unlist(subset(set, kind == what)[c("a", "b", "c", "d")])
    weighted <- max(weighted, abs(found[1:3] / limits - 1), abs(found[4] - score[["pvalue"]]))
  }
  narrower <- narrower + (theirs[2] < naive)
  compared <- compared + 1
}
cat(sprintf("%d sets of patients in two arms; over patients the interval is narrower in %d; %d more without estimate\n",
            compared, narrower, monotone))
cat("largest relative differences from survival", as.character(packageVersion("survival")), ":\n")
print(signif(largest, 2))
cat(sprintf("with weights %.1e\n", weighted))
quit(status = if (all(largest < 1e-8) && weighted < 1e-8 && compared + monotone == 200 && compared > 190 && monotone > 0 &&
                      narrower > 20 && narrower < compared) 0 else 1)
