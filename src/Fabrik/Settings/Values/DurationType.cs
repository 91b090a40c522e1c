using System.Text.Json;
using Fabrik.Settings.Tree;

namespace Fabrik.Settings.Values;

/// <summary>Spans of time within bounds.</summary>
internal sealed class DurationType(TimeSpan min, TimeSpan max) : TextualType<TimeSpan>
{
    public override string Name => "duration";

    public override string Expected =>
        $"a duration such as \"30s\", \"1h30m\" or \"7d\", from {Duration.Format(min)} to {Duration.Format(max)}";

    public override void WriteSchema(Utf8JsonWriter json)
    {
        base.WriteSchema(json);
        json.WriteString("pattern", @"^\s*(0|([0-9]+(w|d|h|m|s|ms))+)\s*$");
    }

    protected override bool TryParse(RawScalar scalar, ValueContext context, out TimeSpan value) =>
        Duration.TryParse(scalar.Text, out value) && value >= min && value <= max;

    protected override string Format(TimeSpan value) => Duration.Format(value);
}
