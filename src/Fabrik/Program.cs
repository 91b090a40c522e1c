namespace Fabrik;

/// <summary>Entry point of the binary.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        Console.WriteLine($"fabrik {typeof(Program).Assembly.GetName().Version?.ToString(3)}");
        return args.Length == 0 ? 0 : 2;
    }
}
