% Simulates an SBML document of 'abscopal export --sbml' in Octave, with its LSODE:
%     octave --no-gui sbml_octave.m MODEL.xml DAYS.csv OUT.csv RELATIVE_TOLERANCE
% OUT.csv has a line of names and a line for each of the days, after the events of that day. Reads the document with
% libSBML (Debian: octave, libsbml5-octave) and uses nothing else of ours. For amounts, rate rules, assignment rules,
% initial assignments and events that begin at a time or where a state falls below a number.
1;

function y = pow(x, n)
  y = x ^ n;
end

function y = root(n, x)
  y = x ^ (1 / n);
end

function y = piecewise(varargin)
  for i = 1:2:numel(varargin) - 1
    if varargin{i + 1}
      y = varargin{i};
      return
    end
  end
  y = varargin{end};
end

% The formula with every name replaced by what stands for it.
function text = with_names(text, names)
  [from, to] = regexp(text, '[A-Za-z_]\w*', 'start', 'end');
  parts = {};
  last = 0;
  for i = 1:numel(from)
    name = text(from(i):to(i));
    parts{end + 1} = text(last + 1:from(i) - 1);
    if isfield(names, name)
      parts{end + 1} = names.(name);
    else
      parts{end + 1} = name;
    end
    last = to(i);
  end
  text = [parts{:}, text(last + 1:end)];
end

function found = names_in(text)
  found = regexp(text, '[A-Za-z_]\w*', 'match');
end

% Names so that each comes after those its formula names.
function order = in_order(formulas)
  order = {};
  left = fieldnames(formulas);
  while ! isempty(left)
    later = {};
    for i = 1:numel(left)
      if any(ismember(names_in(formulas.(left{i})), left))
        later{end + 1} = left{i};
      else
        order{end + 1} = left{i};
      end
    end
    assert(numel(later) < numel(left), "formulas name each other in a circle");
    left = later;
  end
end

arguments = argv();
model = TranslateSBML(arguments{1});
days = csvread(arguments{2});
rules = struct();
rates = struct();
for rule = model.rule(:)'
  if strcmp(rule.typecode, "SBML_ASSIGNMENT_RULE")
    rules.(rule.variable) = rule.formula;
  else
    rates.(rule.variable) = rule.formula;
  end
end
initial = struct();
for one = model.initialAssignment(:)'
  initial.(one.symbol) = one.math;
end

% Values of day 0, then of what follows from them.
values = struct();
variable = {};
for species = model.species(:)'
  values.(species.id) = species.initialAmount;
  variable{end + 1} = species.id;
end
for parameter = model.parameter(:)'
  if parameter.isSetValue
    values.(parameter.id) = parameter.value;
  end
  if ! parameter.constant && ! isfield(rules, parameter.id)
    variable{end + 1} = parameter.id;
  end
end
order = in_order(initial);
for i = 1:numel(order)
  literal = structfun(@(x) sprintf("(%.17g)", x), values, "UniformOutput", false);
  values.(order{i}) = eval(with_names(initial.(order{i}), literal));
end

% Constants become numbers, variables y(i), quantities q(i).
names = structfun(@(x) sprintf("(%.17g)", x), values, "UniformOutput", false);
for i = 1:numel(variable)
  names.(variable{i}) = sprintf("y(%d)", i);
end
order = in_order(rules);
for i = 1:numel(order)
  names.(order{i}) = sprintf("q(%d)", i);
end
text = sprintf("function q = quantities(y, time)\nq = zeros(%d, 1);\n", numel(order));
for i = 1:numel(order)
  text = [text, sprintf("q(%d) = %s;\n", i, with_names(rules.(order{i}), names))];
end
text = [text, sprintf("end\nfunction d = derivatives(y, time)\nq = quantities(y, time);\n")];
text = [text, sprintf("d = zeros(%d, 1);\n", numel(variable))];
for i = 1:numel(variable)
  if isfield(rates, variable{i})
    text = [text, sprintf("d(%d) = %s;\n", i, with_names(rates.(variable{i}), names))];
  end
end
eval([text, "end\n"]);

% Events: when, and a function of the variables that makes them anew.
events = struct("time", {}, "state", {}, "limit", {}, "targets", {}, "formulas", {}, "fired", {});
for event = model.event(:)'
  condition = regexp(event.trigger.math, '^(ge|geq|lt)\((\w+), *([0-9.e+-]+)\)$', 'tokens'){1};
  one = struct("time", Inf, "state", 0, "limit", str2double(condition{3}), "targets", {{}}, "formulas", {{}}, ...
               "fired", false);
  if ! strcmp(condition{1}, "lt")
    one.time = one.limit;
  else
    one.state = find(strcmp(variable, condition{2}));
  end
  for assignment = event.eventAssignment(:)'
    one.targets{end + 1} = find(strcmp(variable, assignment.variable));
    one.formulas{end + 1} = with_names(assignment.math, names);
  end
  events(end + 1) = one;
end

function [y, events] = fire(y, time, events)
  do
    q = quantities(y, time);
    next = y;
    any_fired = false;
    for i = 1:numel(events)
      due = events(i).time <= time || (events(i).state > 0 && y(events(i).state) < events(i).limit);
      if due && ! events(i).fired
        events(i).fired = any_fired = true;
        for k = 1:numel(events(i).targets)
          next(events(i).targets{k}) = eval(events(i).formulas{k});
        end
      end
    end
    y = next;
  until ! any_fired
end

lsode_options("relative tolerance", str2double(arguments{4}));
lsode_options("absolute tolerance", 1e-9);
lsode_options("step limit", 1000000);
file = fopen(arguments{3}, "w");
fprintf(file, "time_days%s%s\n", sprintf(",%s", variable{:}), sprintf(",%s", order{:}));
y = cellfun(@(name) values.(name), variable)(:);
[y, events] = fire(y, 0, events);
stops = unique([days(:); [events.time](:)]);
stops = stops(isfinite(stops) & stops <= max(days));
time = 0;
for stop = stops'
  if stop > time
    reached = lsode("derivatives", y, [time, stop]);
    y = reached(end, :)';
  end
  time = stop;
  [y, events] = fire(y, time, events);
  if any(days == time)
    fprintf(file, "%.15g%s%s\n", time, sprintf(",%.15g", y), sprintf(",%.15g", quantities(y, time)));
  end
end
fclose(file);
