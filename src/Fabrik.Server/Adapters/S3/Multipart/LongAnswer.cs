using System.Buffers;
using Fabrik.Server.Adapters.Serving;
using Fabrik.Wire.S3.Xml;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Adapters.S3.Multipart;

/// <summary>
/// An answer whose work takes long: after a while 200 and the beginning of a document go out, and then a space now and
/// again, so that nobody on the way takes the silence for the end. What goes wrong afterwards is told in the document
/// (S3 API reference, CompleteMultipartUpload).
/// </summary>
internal sealed class LongAnswer : IDisposable
{
    // Clients and proxies wait for 30 s at least, most for 60 s.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly byte[] Space = " "u8.ToArray();

    private readonly S3Call _call;
    private readonly FaultReport _faults;
    private readonly PeriodicTimer _timer;
    private Task<bool>? _tick;

    /// <summary>From now on the client waits.</summary>
    public LongAnswer(S3Call call, FaultReport faults, TimeProvider time)
    {
        (_call, _faults) = (call, faults);
        _timer = new PeriodicTimer(Interval, time);
    }

    /// <summary>Whether the status has gone out, and with it the declaration of the document.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Waits for the work.</summary>
    public async ValueTask<T> WaitAsync<T>(ValueTask<T> work)
    {
        var task = work.AsTask();
        while (!task.IsCompleted)
        {
            // One that is waited for already goes on: a timer has one at a time.
            _tick ??= _timer.WaitForNextTickAsync().AsTask();
            if (await Task.WhenAny(task, _tick) == _tick)
            {
                _tick = null;
                await SignAsync();
            }
        }

        return await task;
    }

    /// <summary>Sends what went wrong.</summary>
    /// <returns>The fault, where an answer of its own can still be given.</returns>
    public async ValueTask<S3Fault?> EndAsync(S3Fault fault)
    {
        if (!HasBegun)
        {
            return fault;
        }

        _faults.Refused(fault.Code);
        await SendAsync(to => S3Answers.WriteError(to, _call, fault, omitDeclaration: true));
        return null;
    }

    /// <summary>Sends the rest of the document.</summary>
    public async ValueTask SendAsync(Action<IBufferWriter<byte>> write)
    {
        ArrayBufferWriter<byte> document = new();
        write(document);
        await _call.Http.Response.BodyWriter.WriteAsync(document.WrittenMemory);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    // Writing to a client that went away does nothing; the work is cancelled then.
    private async ValueTask SignAsync()
    {
        var response = _call.Http.Response;
        if (!HasBegun)
        {
            HasBegun = true;
            response.StatusCode = StatusCodes.Status200OK;
            response.ContentType = S3Xml.ContentType;
            await SendAsync(S3Xml.WriteDeclaration);
        }
        else
        {
            await response.BodyWriter.WriteAsync(Space);
        }
    }
}
