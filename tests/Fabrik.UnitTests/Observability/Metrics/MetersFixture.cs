using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using Fabrik.Observability.Metrics;

namespace Fabrik.UnitTests.Observability.Metrics;

/// <summary>A meter, and a registry that listens to it alone: other tests measure at the same time.</summary>
internal sealed class MetersFixture : IDisposable
{
    private readonly string _scope = Guid.NewGuid().ToString();
    private readonly List<Meter> _meters = [];

    public MetersFixture()
    {
        Registry = new MetricRegistry(meter => meter.Name == _scope);
        Meter = NewMeter();
    }

    public MetricRegistry Registry { get; }

    public Meter Meter { get; }

    public Meter NewMeter()
    {
        Meter meter = new(_scope);
        _meters.Add(meter);
        return meter;
    }

    public string Text()
    {
        ArrayBufferWriter<byte> output = new();
        PrometheusText.Write(Registry.Collect(), output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public IReadOnlyList<ParsedFamily> Scrape() => Exposition.Parse(Encoding.UTF8.GetBytes(Text()));

    public JsonElement Json()
    {
        ArrayBufferWriter<byte> output = new();
        MetricsJson.Write(Registry.Collect(), output);
        return JsonDocument.Parse(output.WrittenMemory).RootElement;
    }

    public void Dispose()
    {
        Registry.Dispose();
        _meters.ForEach(meter => meter.Dispose());
    }
}
