% Simulates an SBML document in Octave with the SBML toolbox (Debian: octave, libsbml5-octave, sbmltoolbox):
%     octave --no-gui sbml_octave.m MODEL.xml DAYS.csv OUT.csv RELATIVE_TOLERANCE
% The toolbox reads the document and writes the function of its differential equations. It takes parameters alone, and no
% events in Octave: so species, which are amounts, become parameters, compartments, which no equation names, go, and
% this script stops the integration at events and applies what their formulas say.
1;

function model = without_species(model)
  for i = 1:numel(model.species)
    species = model.species(i);
    parameter = model.parameter(1);
    parameter.id = species.id;
    parameter.name = species.name;
    parameter.value = species.initialAmount;
    parameter.units = species.substanceUnits;
    parameter.constant = 0;
    parameter.isSetValue = 1;
    model.parameter(end + 1) = parameter;
  end
  compartments = {model.compartment.id};
  model.rule(ismember({model.rule.variable}, compartments)) = [];
  model.initialAssignment(ismember({model.initialAssignment.symbol}, compartments)) = [];
  model.species(:) = [];
  model.compartment(:) = [];
end

arguments = argv();
addpath(genpath("/usr/share/SBMLToolbox"), "-end");
model = TranslateSBML(arguments{1});
events = model.event;
model = without_species(model);
printf("%d parameters, %d rules, %d events\n", numel(model.parameter), numel(model.rule), numel(events));
model.event(:) = [];
fieldnames(model.initialAssignment)
tic; WriteODEFunction(model, "sbml_ode"); toc
