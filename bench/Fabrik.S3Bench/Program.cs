using Fabrik.Measuring;
using Fabrik.S3Bench;

// Markdown goes to the output, progress to the error stream.
if (BenchOptions.Read(args) is not { } options)
{
    await Console.Error.WriteLineAsync(BenchOptions.Usage);
    return 2;
}

Report report = new([.. options.Servers.Select(static one => one.Server)]);
await new ObjectBench(options, report).RunAsync();
report.Print(Console.Out, options.Rounds);
return 0;
