using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Fabrik.Observability.Traces;

/// <summary>What is exported, and where to.</summary>
internal sealed record TraceExportOptions
{
    /// <summary>The collector.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>Whether it speaks OTLP over HTTP (<c>/v1/traces</c>, port 4318) instead of gRPC (port 4317).</summary>
    public required bool OverHttp { get; init; }

    /// <summary>Of a hundred requests that no caller has decided on, how many are traced.</summary>
    public required int SamplePercent { get; init; }

    /// <summary>The product's version.</summary>
    public required string Version { get; init; }
}

/// <summary>
/// Sends spans to a collector (OTLP). Contexts travel by W3C <c>traceparent</c>: from the client, through this process,
/// to its upstreams; who was asked to trace by its caller does. Spans wait in a bounded queue and are dropped when the
/// collector does not keep up.
/// </summary>
internal sealed class TraceExport : IDisposable
{
    private const string HttpPath = "v1/traces";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly TracerProvider _provider;

    /// <summary>Begins to trace.</summary>
    public TraceExport(TraceExportOptions options) => _provider = Sdk.CreateTracerProviderBuilder()
        .ConfigureResource(resource => resource.AddService("fabrik", serviceVersion: options.Version))
        .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.SamplePercent / 100.0)))
        .AddSource("Fabrik.*", "Microsoft.AspNetCore")
        .AddOtlpExporter(exporter =>
        {
            exporter.Protocol = options.OverHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
            exporter.Endpoint = options.OverHttp ? WithPath(options.Endpoint) : options.Endpoint;
            exporter.TimeoutMilliseconds = (int)Patience.TotalMilliseconds;
        })
        .Build();

    /// <summary>Sends what waits, for a few seconds at most, and ends.</summary>
    public void Dispose()
    {
        _provider.ForceFlush((int)Patience.TotalMilliseconds);
        _provider.Dispose();
    }

    // The exporter takes the address of a collector over HTTP as it is; people write it without the path.
    private static Uri WithPath(Uri endpoint) =>
        endpoint.AbsolutePath is "/" ? new Uri(endpoint, HttpPath) : endpoint;
}
