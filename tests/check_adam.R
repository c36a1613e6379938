# The analysis data sets read by R: keys, types, baselines and changes of ADTR, and medians from ADTTE by R's survival,
# which must be those of the results as JSON. Exit 77 without survival.
if (!requireNamespace("survival", quietly = TRUE)) {
  message("skipped: R package survival is not installed (r-cran-survival)")
  quit(status = 77)
}
library(survival)
command <- Sys.getenv("ABSCOPAL_COMMAND")
data <- file.path(Sys.getenv("ABSCOPAL_SOURCE_DIR"), "tests/data")
folder <- tempfile("adam")
dir.create(folder)

# Values of a member of each arm in our JSON, in the order of arms: "median_pfs": {"value": 160.0, "lower": ...
medians_of <- function(json, member) {
  text <- gsub("\\s+", " ", paste(readLines(json), collapse = " "))
  objects <- regmatches(text, gregexpr(sprintf('"%s": \\{[^}]*\\}', member), text))[[1]]
  t(sapply(c("value", "lower", "upper"), function(key)
    suppressWarnings(as.numeric(sub(sprintf('.*"%s": ([^ ,}]+).*', key), "\\1", objects)))))
}

read_table <- function(adam, table) read.csv(file.path(adam, paste0(table, ".csv")), encoding = "UTF-8")

check_trial <- function(name) {
  results <- file.path(folder, "results.h5")
  json <- file.path(folder, "results.json")
  adam <- file.path(folder, name)
  stopifnot(system2(command, c("run", file.path(data, name), "-n", 150, "-q", "--force", "-o", results, "--json", json),
                    stdout = FALSE) == 0,
            system2(command, c("export", results, "--adam", adam)) == 0,
            setequal(list.files(adam), c("adsl.csv", "adtr.csv", "adrs.csv", "adtte.csv")))
  adsl <- read_table(adam, "adsl")
  adtr <- read_table(adam, "adtr")
  adrs <- read_table(adam, "adrs")
  adtte <- read_table(adam, "adtte")
  evaluable <- adsl$USUBJID[adsl$EFFFL == "Y"]
  stopifnot(!anyDuplicated(adsl$USUBJID), all(adsl$FASFL == "Y"), length(unique(adsl$STUDYID)) == 1,
            setequal(adtr$USUBJID, evaluable), setequal(adrs$USUBJID, evaluable), setequal(adtte$USUBJID, evaluable),
            !anyDuplicated(adtr[c("USUBJID", "PARAMCD", "AVISITN")]),
            !anyDuplicated(adtte[c("USUBJID", "PARAMCD")]),
            all(c(adsl$STUDYID, adtr$STUDYID, adrs$STUDYID, adtte$STUDYID) == adsl$STUDYID[1]),
            is.numeric(adtr$AVAL), is.numeric(adtr$ADY), is.numeric(adtte$AVAL), all(adtte$CNSR %in% 0:1),
            all(adtr$ADY == adtr$ADT + 1))
  # Baseline, changes and nadir, and the sum of what was measured, all anew.
  worst <- 0
  for (rows in split(adtr, paste(adtr$USUBJID, adtr$PARAMCD))) {
    after <- rows$AVISITN > 0
    nadir <- c(NA, cummin(rows$AVAL))[seq_len(nrow(rows))]
    expected <- cbind(rows$AVAL[1], ifelse(after, rows$AVAL - rows$AVAL[1], NA),
                      ifelse(after, 100 * (rows$AVAL / rows$AVAL[1] - 1), NA), nadir, rows$AVAL - nadir,
                      100 * (rows$AVAL / nadir - 1))
    ours <- as.matrix(rows[c("BASE", "CHG", "PCHG", "NADIR", "CHGNAD", "PCHGNAD")])
    stopifnot(rows$ABLFL[1] == "Y", all(rows$ABLFL[-1] == ""), identical(unname(is.na(ours)), unname(is.na(expected))))
    worst <- max(worst, abs(ours - expected), na.rm = TRUE)
  }
  lesions <- subset(adtr, PARAMCD != "SDIAM")
  sums <- aggregate(AVAL ~ USUBJID + AVISITN, lesions, sum)
  both <- merge(sums, subset(adtr, PARAMCD == "SDIAM"), by = c("USUBJID", "AVISITN"))
  stopifnot(nrow(both) == nrow(sums), max(abs(both$AVAL.x - both$AVAL.y)) < 1e-9, worst < 1e-9)
  baseline <- merge(adsl, subset(adtr, PARAMCD == "SDIAM" & ABLFL == "Y"), by = "USUBJID")
  stopifnot(nrow(baseline) == length(evaluable))
  # Medians with their log-log limits, arm by arm.
  differences <- c()
  for (code in c("PFS", "RSD", "TTR")) {
    member <- c(PFS = "median_pfs", RSD = "median_duration_of_response", TTR = "median_time_to_response")[[code]]
    theirs <- sapply(unique(adsl$ARM), function(arm) {
      fit <- survfit(Surv(AVAL, CNSR == 0) ~ 1, subset(adtte, PARAMCD == code & TRTP == arm), conf.type = "log-log")
      summary(fit)$table[c("median", "0.95LCL", "0.95UCL")]
    })
    ours <- medians_of(json, member)
    stopifnot(identical(dim(ours), dim(theirs)), identical(unname(is.na(ours)), unname(is.na(theirs))))
    differences[code] <- max(0, abs(ours - theirs), na.rm = TRUE)
    cat(sprintf("%s, %s: %s\n", name, code, paste(theirs["median", ], collapse = ", ")))
  }
  stopifnot(any(!is.na(medians_of(json, "median_pfs"))), differences == 0)
  cat(sprintf("%s: %d subjects, %d measurements; changes within %.0e mm or %%; medians and limits as R's survival\n", name,
              nrow(adsl), nrow(adtr), worst))
}

check_trial("adam-in-all-arms.yaml")
check_trial("adam-randomised.yaml")
unlink(folder, recursive = TRUE)
