using Fabrik.BazelBench;
using Fabrik.Measuring;

// Markdown goes to the output, progress to the error stream.
if (BenchOptions.Read(args) is not { } options)
{
    await Console.Error.WriteLineAsync(BenchOptions.Usage);
    return 2;
}

Report report = new(options.Servers);
if (options.Part is BenchPart.Transfer)
{
    await new TransferBench(options, report).RunAsync();
}
else
{
    await new CallBench(options, report).RunAsync();
}

report.Print(Console.Out, options.Rounds);
return 0;
