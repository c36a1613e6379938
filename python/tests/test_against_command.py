"""What the package says is what the command says: its HDF5 file as h5py reads it, bit for bit, its JSON and its CSV."""

import filecmp
import io
import json
import math
import pathlib
import tempfile
import unittest

import h5py
import numpy as np
import pandas as pd

import abscopal
from common import PATIENTS, ROOT, SHORT, SIX_ARMS, command, six_arms


def values_of(estimate, name="value"):
    """Of the JSON, where null stands for what pandas has as NaN or infinity."""
    return [math.nan if estimate[key] is None else estimate[key] for key in (name, "lower", "upper")]


class AgainstCommand(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.file = pathlib.Path(cls.folder.name) / "command.h5"
        cls.json = cls.file.with_suffix(".json")
        command("run", SIX_ARMS, "-n", PATIENTS, "--seed", 5, "-o", cls.file, "--json", cls.json, "-q")
        cls.numbers = json.loads(cls.json.read_text())

    def assert_same_numbers(self, ours, theirs):
        """The same double, where the JSON has one."""
        ours, theirs = np.array(ours, dtype=float), np.array(theirs, dtype=float)
        self.assertTrue(np.array_equal(np.where(np.isfinite(ours), ours, np.nan), theirs, equal_nan=True),
                        f"{ours} is not {theirs}")

    def test_dull(self):
        """Or the comparisons below would say little."""
        counts = six_arms().patient_counts()
        self.assertGreater(counts["completed"], PATIENTS / 2)
        self.assertGreater(counts["not_plausible"], 0)
        self.assertGreater(six_arms().summary()["orr_best"].nunique(), 2)

    def test_every_variable(self):
        results = six_arms()
        table = results.variables()
        with h5py.File(self.file) as file:
            self.assertEqual(set(table.index), set(file))
            for name, dataset in file.items():
                array = results[name]
                self.assertEqual(array.dimensions, tuple(scale[0].name[1:] for scale in dataset.dims)
                                 if name not in table["dimensions"].explode().unique() else (name,), name)
                self.assertEqual(table.loc[name, "dimensions"], array.dimensions)
                self.assertEqual(table.loc[name, "shape"], dataset.shape)
                self.assertEqual((array.units, array.meaning), (dataset.attrs["units"].decode(),
                                                                dataset.attrs["long_name"].decode()), name)
                if h5py.check_string_dtype(dataset.dtype):
                    self.assertEqual(array.tolist(), np.asarray(dataset.asstr()[()], dtype=object).tolist(), name)
                    continue
                self.assertEqual(array.dtype, dataset.dtype, name)
                self.assertEqual(array.tobytes(), dataset[()].tobytes(), name)
                flags = {} if "flag_values" not in dataset.attrs else dict(
                    zip(dataset.attrs["flag_values"].tolist(), dataset.attrs["flag_meanings"].decode().split()))
                self.assertEqual(results.flags(name), flags, name)

    def test_files_written_and_read(self):
        written = self.file.with_name("package.h5")
        six_arms().write(written)
        self.assertTrue(filecmp.cmp(written, self.file, shallow=False))
        read = abscopal.read_results(self.file)
        self.assertEqual(str(read), str(six_arms()))
        self.assertEqual(read.arms, six_arms().arms)
        self.assertEqual(read.description, six_arms().description)
        pd.testing.assert_frame_equal(read.patients(parameters=True), six_arms().patients(parameters=True),
                                      check_exact=True)
        again = self.file.with_name("again.json")
        read.write_json(again)
        self.assertTrue(filecmp.cmp(again, self.json, shallow=False))

    def test_description(self):
        description = six_arms().description
        for name in ("model", "seed", "relative_tolerance", "engine", "lanes", "version"):
            self.assertEqual(description[name], self.numbers[name], name)
        with h5py.File(self.file) as file:
            self.assertEqual(description["sampled_patients"], file.attrs["sampled_patients"])
            self.assertEqual(description["instructions"], file.attrs["instructions"].decode())

    def test_summary(self):
        self.assert_same_summary(six_arms(), self.numbers)

    def assert_same_summary(self, results, theirs):
        summary = results.summary()
        self.assertEqual(list(summary.index), [arm["name"] for arm in theirs["arms"]])
        for arm in theirs["arms"]:
            row = summary.loc[arm["name"]]
            self.assertEqual((row["n"], row["out_of_field_n"]), (arm["n"], arm["out_of_field_n"]))
            for name, numbers in arm.items():
                if not isinstance(numbers, dict) or name == "comparison":
                    continue
                kind = "fraction" if "fraction" in numbers else "value"
                self.assert_same_numbers(row[[name, name + "_lower", name + "_upper"]], values_of(numbers, kind))
                if kind == "fraction":
                    self.assertEqual(row[name + "_count"], numbers["count"])
            for rate in arm["pfs_rates"]:
                free = results.progression_free(rate["day"]).set_index("arm").loc[arm["name"]]
                self.assert_same_numbers(free[["share", "share_lower", "share_upper"]], values_of(rate))

    def test_comparison(self):
        self.assert_same_comparison(six_arms(), self.numbers)

    def assert_same_comparison(self, results, numbers):
        comparison = results.comparison()
        self.assertEqual(len(comparison), len(numbers["arms"]) - 1)
        for arm in numbers["arms"][1:]:
            row, theirs = comparison.loc[arm["name"]], arm["comparison"]
            self.assertEqual((row["reference"], row["paired"], row["pairs"]),
                             (theirs["reference"], theirs["paired"], theirs["pairs"]))
            for name in ("orr_best_difference", "hazard_ratio"):
                self.assert_same_numbers(row[[name, name + "_lower", name + "_upper"]], values_of(theirs[name]))
            self.assert_same_numbers([row["log_rank_p"]], [theirs["log_rank_p"]])

    def test_randomised(self):
        """Each patient is in one arm, and absent from the others."""
        path, numbers_path = ROOT / "tests/data/randomised.yaml", self.file.with_name("randomised.json")
        command("run", path, "-n", 40, "--json", numbers_path, "-q")
        numbers, results = json.loads(numbers_path.read_text()), abscopal.run(path, patients=40)
        self.assert_same_summary(results, numbers)
        self.assert_same_comparison(results, numbers)
        self.assertFalse(results.comparison()["paired"].any())
        patients = results.patients()
        analysed = patients[patients["status"] == "completed"]
        self.assertTrue(analysed["patient"].is_unique)
        self.assertEqual(analysed["arm"].value_counts()[results.arms].tolist(), results.summary()["n"].tolist())
        self.assertEqual([results.arms[arm - 1] for arm in analysed["allocated_arm"]], analysed["arm"].tolist())
        others = patients[patients["status"] == "not_allocated"]
        self.assertGreater(len(others), 0)
        self.assertTrue(others["best_response"].isna().all() and others["doses_given"].isna().all())

    def test_patients(self):
        """The table as h5py and pandas make it, and what rates are of it."""
        patients = six_arms().patients()
        self.assertEqual(len(patients), 6 * PATIENTS)
        with h5py.File(self.file) as file:
            by_hand = pd.DataFrame({"arm": np.repeat(file["arm"].asstr()[:], PATIENTS),
                                    "patient": np.tile(file["patient"][:], 6)})
            for name in ("best_change", "progression_day", "response_duration"):
                by_hand[name] = file[name][:].ravel()
            for name in ("baseline_sum_of_diameters", "weight", "body_weight"):
                by_hand[name] = np.tile(file[name][:], 6)
            best, doses = file["best_confirmed_response"][:].ravel(), file["doses_given"][:].ravel()
        pd.testing.assert_frame_equal(patients[by_hand.columns].astype({"arm": object}), by_hand, check_exact=True)
        names = np.array(["complete", "partial", "stable", "progressive", "not_evaluable",
                          "non_complete_non_progressive", None], dtype=object)  # -1, absent, is the last
        self.assertEqual(patients["best_confirmed_response"].astype(object).where(best >= 0, None).tolist(),
                         names[best].tolist())
        self.assertTrue((patients["doses_given"].isna() == (doses < 0)).all())
        self.assertTrue((patients["doses_given"].dropna() == doses[doses >= 0]).all())
        analysed = patients[patients["status"] == "completed"]
        rates = analysed["best_confirmed_response"].isin(["complete", "partial"]).groupby(analysed["arm"]).mean()
        np.testing.assert_allclose(rates[six_arms().arms], six_arms().summary()["orr_best"], rtol=1e-14)

    def test_parameters_and_baseline(self):
        with h5py.File(self.file) as file:
            for table, values, along, units in (
                    (six_arms().parameters(), "parameter_value", "parameter", "parameter_unit"),
                    (six_arms().baseline(), "baseline_output", "output", "output_unit")):
                self.assertEqual(table.to_numpy().tobytes(), file[values][:].tobytes())
                self.assertEqual(list(table.columns), list(file[along].asstr()[:]))
                self.assertEqual(list(table.attrs["units"].values()), list(file[units].asstr()[:]))
        varied = six_arms().patients(parameters=True)
        self.assertEqual(varied["killing_rate"].nunique(), PATIENTS)

    def test_observed(self):
        path = ROOT / "protocols/trials/pembro-rt.yaml"
        json_path = self.file.with_name("pembro-rt.json")
        command("run", path, "-n", 16, "--json", json_path, "-q")
        theirs = json.loads(json_path.read_text())["published"]["observed"]
        ours = abscopal.run(path, patients=16).observed()
        self.assertEqual(len(ours), len(theirs))
        for row, expected in zip(ours.to_dict("records"), theirs):
            self.assertEqual((row["arm"], row["endpoint"], row["source"], row["within"]),
                             tuple(expected[name] for name in ("arm", "endpoint", "source", "within")))
            for name in ("observed", "predicted"):
                self.assert_same_numbers([row[name], row[name + "_lower"], row[name + "_upper"]],
                                         values_of(expected[name]))

    def test_simulate(self):
        statuses = six_arms()["patient_status"]
        completed = 1 + int(np.flatnonzero(statuses == 0)[-1])
        refused = 1 + int(np.flatnonzero(statuses == 1)[0])
        with self.assertRaisesRegex(abscopal.BadInput, f"patient {refused} is not plausible"):
            abscopal.simulate(ROOT / SIX_ARMS, patient=refused, seed=5)
        for options, arguments in (({"patient": completed, "arm": "8 Gy x 3 alone", "every_days": 12.5, "seed": 5},
                                    ["-p", completed, "--arm", "8 Gy x 3 alone", "--every", "12.5 d", "--seed", 5]),
                                   ({"fluxes": True, "every_days": 100}, ["--fluxes", "--every", "100 d"])):
            theirs = pd.read_csv(io.StringIO(command("simulate", SIX_ARMS, *arguments, "--csv", "-")),
                                 float_precision="round_trip")
            pd.testing.assert_frame_equal(abscopal.simulate(ROOT / SIX_ARMS, **options), theirs, check_exact=True)

    def test_lists(self):
        for name in ("parameters", "states", "drugs", "presets", "options", "fluxes"):
            ours = getattr(abscopal, f"list_{name}")()
            theirs = json.loads(command("list", name, "--format", "json"))
            self.assertEqual(ours.to_json(orient="records"), pd.DataFrame(theirs).to_json(orient="records"))
        self.assertIn("killing_rate", set(abscopal.list_parameters()["name"]))
        for preset in abscopal.list_presets()["name"]:
            theirs = json.loads(command("list", "options", "--preset", preset, "--format", "json"))
            self.assertEqual(abscopal.list_options(preset).to_json(orient="records"),
                             pd.DataFrame(theirs).to_json(orient="records"))
        self.assertRaises(abscopal.BadInput, abscopal.list_states, "nsclc-1999")

    def test_engine_and_one_patient(self):
        path = self.file.with_name("cvode.h5")
        command("run", SHORT, "-n", 4, "--engine", "cvode", "--patient", 2, "--courses", "off", "-o", path, "-q")
        results = abscopal.run(SHORT, patients=4, engine="cvode", only_patient=2)
        written = self.file.with_name("cvode-package.h5")
        results.write(written)
        self.assertTrue(filecmp.cmp(written, path, shallow=False))
        self.assertEqual(results["patient"].tolist(), [2])


if __name__ == "__main__":
    unittest.main()
