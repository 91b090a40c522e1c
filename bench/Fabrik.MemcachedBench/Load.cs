using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Fabrik.Measuring;

namespace Fabrik.MemcachedBench;

/// <summary>Loads one server for a time, and prints what came of it in one line.</summary>
internal static class Load
{
    public static int Run(Arguments arguments)
    {
        var target = new IPEndPoint(IPAddress.Loopback, arguments.Number("port", 11211));
        var workload = new Workload(arguments);
        Fill(target, workload);
        using var loop = new LoadLoop(target, workload, arguments);
        loop.Begin();
        loop.Run(Milliseconds("warm", 500));

        var statistics = arguments.Text("statistics", "no") == "yes" ? new ProxyMemory(target) : null;
        var server = new ProcessUse(arguments.Number("pid", Environment.ProcessId));
        statistics?.Begin();
        var (served, own, busy) = (server.Milliseconds(), OwnTime(), ProcessUse.BusyOfMachine());
        loop.Times = new Histogram();
        var begin = Stopwatch.GetTimestamp();
        loop.Run(Milliseconds("time", 2000));
        var elapsed = Stopwatch.GetElapsedTime(begin);
        (served, own, busy) = (
            server.Milliseconds() - served, OwnTime() - own, ProcessUse.BusyOfMachine() - busy);
        var times = loop.Times;
        loop.Times = new Histogram();
        loop.End();
        if (times.Count == 0)
        {
            throw new InvalidDataException("No answer came.");
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"RESULT {times.Count} {elapsed.TotalMicroseconds:F0}"
            + $" {times.Microseconds(0.5):F1} {times.Microseconds(0.99):F1} {times.Microseconds(0.999):F1}"
            + $" {served * 1000 / times.Count:F3} {own * 1000 / times.Count:F3}"
            + $" {(statistics?.End() ?? 0) / (double)times.Count:F3} {server.Memory():F0}"
            + $" {served / elapsed.TotalMilliseconds:F2} {busy / elapsed.TotalMilliseconds:F2}"));
        return 0;

        TimeSpan Milliseconds(string name, int otherwise) =>
            TimeSpan.FromMilliseconds(arguments.Number(name, otherwise));
    }

    private static double OwnTime() => Environment.CpuUsage.TotalTime.TotalMilliseconds;

    private static void Fill(EndPoint target, Workload workload)
    {
        using var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(target);
        var answer = new byte["STORED\r\n".Length];
        foreach (var set in workload.Fill)
        {
            socket.Send(set);
            var got = 0;
            while (got < answer.Length)
            {
                var count = socket.Receive(answer.AsSpan(got));
                got += count > 0 ? count : throw new InvalidDataException("The server has closed the connection.");
            }

            if (!answer.AsSpan().SequenceEqual("STORED\r\n"u8))
            {
                throw new InvalidDataException("The server does not store a value.");
            }
        }
    }
}
