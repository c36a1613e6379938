"""Trials for check_report.py."""

MANY = 450
NIVOLUMAB = "{drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, doses: 18, over: 30 min}"
# In all arms; visits are missed and measured with error, a treatment waits, another ends. What was published is made
# up.
FIRST = f"""name: three arms
registry: NCT00000000
model: nsclc
cohort: cohort.yaml
until: 380 d
imaging: {{every: 6 week, error: 5 %, missed: 4 %}}
response: {{criteria: recist, minimum_stable: 6 week, confirmation: 4 week}}
arms:
  - name: nivolumab
    treatments: [{NIVOLUMAB}]
  - name: 8 Gy x 3 & <nivolumab>
    treatments:
      - {{id: rt, radiotherapy: 8 Gy, fractions: 3, start: 0 d, every: 2 d, lesions: largest}}
      - {{drug: nivolumab, dose: 240 mg, after: {{block: rt, lag: 7 d}}, every: 14 d, for: 52 week, over: 30 min}}
  - name: salvage
    treatments:
      - {{drug: nivolumab, dose: [120 mg, 240 mg], start: 0 d, every: 14 d, doses: 18, until: confirmed progression}}
      - {{radiotherapy: 8 Gy, fractions: 3, when: {{event: progression, lag: 7 d}}, every: 2 d, lesions: largest}}
observed:
  - {{arm: nivolumab, endpoint: best_response_rate, value: 20 %, interval: [12 %, 31 %], level: 95 %, patients: 80,
     source: here}}
  - {{arm: nivolumab, endpoint: progression_free_rate, value: 45 %, at: 365.25 d, patients: 80, source: here}}
  - {{arm: salvage, endpoint: disease_control_rate, value: 60 %, at: 84 d, patients: 40, source: there}}
  - {{arm: salvage, endpoint: median_progression_free_survival, value: 150 d, interval: [100 d, 200 d], source: there}}
"""
SECOND = """name: randomised
model: nsclc
cohort: weighted.yaml
until: 250 d
imaging: {every: 40 d}
response: {criteria: recist, irradiated: non-target}
eligibility: {lesions: {least: 2}}
allocation: {patients: randomised, ratio: [2, 1]}
arms:
  - name: 8 Gy x 3
    treatments: [{radiotherapy: 8 Gy, fractions: 3, start: 0 d, every: 2 d, lesions: largest}]
  - name: both
    treatments:
      - {radiotherapy: 8 Gy, fractions: 3, start: 0 d, every: 2 d, lesions: largest}
      - {drug: nivolumab, dose: 240 mg, start: 0 d, every: 14 d, until: progression, over: 30 min}
"""
POPULATION = f"""name: p
cohort: cohort.yaml
patients: {MANY}
seed: 4
trials: {{t: small.yaml}}
match:
  - {{quantity: largest_lesion_diameter, bins: [0 mm, 25 mm, 50 mm, 1000 mm], shares: [30 %, 40 %, 30 %]}}
"""
SMALL = """name: small
model: nsclc
cohort: cohort.yaml
until: 10 d
imaging: {every: 10 d}
arms:
  - {name: rt, treatments: [{radiotherapy: 8 Gy, start: 0 d, lesions: largest}]}
"""
