using Fabrik.Cache;
using Fabrik.Server.Adapters.S3.Access;
using Fabrik.Server.Adapters.Serving;
using Fabrik.Wire.S3;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fabrik.Server.Adapters.S3;

/// <summary>
/// What every request goes through: (1) the gate; (2) its raw target is taken apart; (3) its sender is authenticated;
/// (4) the bucket is looked for; (5) the operation is done; (6) a fault is put into S3's words; (7) it is measured.
/// </summary>
internal sealed class S3Door
{
    /// <summary>What is taken in from a stranger to keep the connection.</summary>
    private const int MaxStrangersBytes = 64 * 1024;

    private readonly ServerServices _services;
    private readonly S3Services _s3;
    private readonly FaultReport _faults;
    private readonly S3Authenticator _authenticator;
    private readonly S3Operations _operations;

    public S3Door(ServerServices services, S3Services s3)
    {
        _services = services;
        _s3 = s3;
        _faults = new FaultReport(
            services.Metrics, services.Logs.CreateLogger($"Fabrik.Server.{S3Call.Namespace}"), S3Call.Namespace);
        _authenticator = new S3Authenticator(services);
        _operations = new S3Operations(services, s3, _faults);
    }

    /// <summary>Answers a request.</summary>
    public async Task ServeAsync(HttpContext http)
    {
        S3Call call = new(http, _s3.Options());
        http.Response.Headers["x-amz-request-id"] = call.RequestId;
        if (!_services.Gate.TryEnter())
        {
            await RefuseAsync(call, S3Faults.SlowDown, MaxStrangersBytes);
            return;
        }

        var start = _services.Time.GetTimestamp();
        var operation = "unknown";
        _services.Metrics.Started();
        try
        {
            operation = await ServeAsync(call);
        }
        catch (BadHttpRequestException broken)
        {
            _faults.Report(CacheError.Client(CacheErrorKind.Incomplete, broken.Message));
            await FailAsync(call, S3Faults.IncompleteBody);
        }
        catch (Exception exception) when (!http.RequestAborted.IsCancellationRequested)
        {
            _faults.Crashed(exception);
            await FailAsync(call, S3Faults.InternalError);
        }
        finally
        {
            _services.Metrics.Ended(S3Call.Namespace, operation, _services.Time.GetElapsedTime(start));
            _services.Gate.Leave();
        }
    }

    // Gives the operation's name.
    private async ValueTask<string> ServeAsync(S3Call call)
    {
        var raw = call.Http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var parsed = S3Target.Parse(raw, call.Http.Request.Host.Value ?? "", call.Options.Domains, out var target);
        if (parsed != S3TargetFault.None)
        {
            await RefuseAsync(call, S3Faults.OfTarget(parsed), MaxStrangersBytes);
            return "unknown";
        }

        call.Target = target;
        var operation = _operations.Find(call);
        RequestSpan.Name(S3Call.Namespace, operation.Name);
        if (_authenticator.Authenticate(call) is { } stranger)
        {
            await RefuseAsync(call, stranger, MaxStrangersBytes);
        }
        else if ((Check(call, operation) ?? await operation.Run(call)) is { } fault)
        {
            await RefuseAsync(call, fault, _services.Options.MaxArtifactSize);
        }
        else
        {
            await EndAsync(call);
        }

        return operation.Name;
    }

    private static S3Fault? Check(S3Call call, S3Operation operation)
    {
        if (operation.NeedsBucket)
        {
            if (call.Options.Find(call.Target.Bucket) is not { } bucket)
            {
                return S3Faults.NoSuchBucket;
            }

            call.Bucket = bucket;
        }

        return call.Target.Query.TryGet("versionId", out var version) && version is not ("" or "null")
            ? S3Faults.NoSuchVersion
            : null;
    }

    // What was not read of the body is taken in first, so that the connection goes on and the sender hears the answer.
    private async ValueTask RefuseAsync(S3Call call, S3Fault fault, long max)
    {
        if (call.Http.Response.HasStarted)
        {
            call.Http.Abort();
            return;
        }

        _faults.Refused(fault.Code);
        UnwantedBody body = new(call.Http, _services, call.WasBodyAsked) { IsBroken = call.IsBodyBroken };
        await body.TakeInAsync(max);
        await body.AnswerAsync(
            () => S3Answers.SendAsync(call, fault),
            Math.Max(_services.Options.MaxArtifactSize, UnwantedBody.MinLingerBytes));
    }

    // Answers that are only headers say that nothing follows them; a tier may have had no use for the bytes.
    private async ValueTask EndAsync(S3Call call)
    {
        var response = call.Http.Response;
        if (response.HasStarted || response.ContentLength is not null)
        {
            return;
        }

        UnwantedBody body = new(call.Http, _services, call.WasBodyAsked) { IsBroken = call.IsBodyBroken };
        await body.TakeInAsync(_services.Options.MaxArtifactSize);
        if (response.StatusCode is not (StatusCodes.Status204NoContent or StatusCodes.Status304NotModified))
        {
            response.ContentLength = 0;
        }
    }

    private static Task FailAsync(S3Call call, S3Fault fault)
    {
        if (!ArtifactBody.TryTakeBack(call.Http))
        {
            return Task.CompletedTask;
        }

        call.Http.Response.Headers["x-amz-request-id"] = call.RequestId;
        return S3Answers.SendAsync(call, fault);
    }
}
