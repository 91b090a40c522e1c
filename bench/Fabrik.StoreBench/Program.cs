using Fabrik.StoreBench;

// Markdown goes to the output, progress to the error stream.
if (BenchOptions.Read(args) is not { } options)
{
    await Console.Error.WriteLineAsync(BenchOptions.Usage);
    return 2;
}

var report = new Report(Console.Out);
if (options.Store)
{
    await new OpenAndReadBench(options, report).RunAsync();
    await new EvictionBench(options, report).RunAsync(size: 4 * 1024, entries: 50_000);
    await new EvictionBench(options, report).RunAsync(size: 64 * 1024, entries: 8_000);
}

if (options.Queue)
{
    await new QueueBench(options, report).RunAsync();
}

if (options.Upstream is { } upstream)
{
    await new ExistenceBench(options, upstream, report).RunAsync();
}

return 0;
