using Fabrik.Server.Adapters.S3.Listings;
using Fabrik.Server.Adapters.S3.Multipart;
using Fabrik.Server.Adapters.S3.Objects;
using Fabrik.Server.Adapters.Serving;

namespace Fabrik.Server.Adapters.S3;

/// <summary>What a request asks for.</summary>
/// <param name="Name">Its name in metrics.</param>
/// <param name="Run">Does it; gives what the client is told instead of an answer.</param>
/// <param name="NeedsBucket">Whether the bucket has to be there.</param>
internal sealed record S3Operation(string Name, Func<S3Call, ValueTask<S3Fault?>> Run, bool NeedsBucket = true);

/// <summary>Every operation: found by what is named, by the method, and by the query.</summary>
internal sealed class S3Operations
{
    private readonly S3Operation _listBuckets;
    private readonly S3Operation _headBucket = new("head_bucket", Buckets.HeadAsync);
    private readonly S3Operation _locate = new("get_bucket_location", Buckets.LocateAsync);
    private readonly S3Operation _createBucket = new("create_bucket", Buckets.CreateAsync, NeedsBucket: false);
    private readonly S3Operation _deleteBucket = new("delete_bucket", Buckets.DeleteAsync);
    private readonly S3Operation _subResource;
    private readonly S3Operation _list;
    private readonly S3Operation _listFirst;
    private readonly S3Operation _deleteObjects;
    private readonly S3Operation _get;
    private readonly S3Operation _head;
    private readonly S3Operation _put;
    private readonly S3Operation _delete;
    private readonly S3Operation _copy;
    private readonly S3Operation _createUpload;
    private readonly S3Operation _putPart;
    private readonly S3Operation _copyPart;
    private readonly S3Operation _complete;
    private readonly S3Operation _abort;
    private readonly S3Operation _listParts;
    private readonly S3Operation _listUploads;

    public S3Operations(ServerServices services, S3Services s3, FaultReport faults)
    {
        ObjectReads reads = new(services, faults);
        ObjectWriter writer = new(services, faults);
        ObjectWrites writes = new(services, faults, writer);
        ObjectCopies copies = new(services, faults, reads, writer);
        ObjectListings listings = new(s3, faults);
        UploadStaging staging = new(s3);
        Uploads uploads = new(staging, faults);
        UploadParts parts = new(services, faults, uploads, staging, copies);
        _listBuckets = new("list_buckets", new Buckets(services).ListAsync, NeedsBucket: false);
        _subResource = new("sub_resource", call => SubResources.AnswerAsync(call, SubResources.Find(call) ?? ""));
        _list = new("list_objects_v2", listings.ListAsync);
        _listFirst = new("list_objects", listings.ListFirstVersionAsync);
        _deleteObjects = new("delete_objects", new ObjectDeletes(services, faults).DeleteAsync);
        _get = new("get_object", reads.GetAsync);
        _head = new("head_object", reads.HeadAsync);
        _put = new("put_object", writes.PutAsync);
        _delete = new("delete_object", writes.DeleteAsync);
        _copy = new("copy_object", copies.CopyAsync);
        _createUpload = new("create_multipart_upload", uploads.CreateAsync);
        _putPart = new("upload_part", parts.PutAsync);
        _copyPart = new("upload_part_copy", parts.CopyAsync);
        _complete = new(
            "complete_multipart_upload",
            new UploadCompletion(services, faults, uploads, staging, writer).CompleteAsync);
        _abort = new("abort_multipart_upload", uploads.AbortAsync);
        _listParts = new("list_parts", uploads.ListPartsAsync);
        _listUploads = new("list_multipart_uploads", uploads.ListAsync);
    }

    /// <summary>The operation; one that there is not answers so by its method's name.</summary>
    public S3Operation Find(S3Call call)
    {
        var method = call.Http.Request.Method;
        return (call.Target switch
        {
            { Bucket.Length: 0 } => method is "GET" ? _listBuckets : null,
            _ when SubResources.Find(call) is not null => _subResource,
            { Key.Length: 0 } => OnBucket(call, method),
            _ => OnObject(call, method),
        }) ?? Unknown(method);
    }

    private S3Operation? OnBucket(S3Call call, string method)
    {
        var query = call.Target.Query;
        return method switch
        {
            "GET" when query.Has("location") => _locate,
            "GET" when query.Has("uploads") => _listUploads,
            "GET" => query.TryGet("list-type", out var version) && version == "2" ? _list : _listFirst,
            "HEAD" => _headBucket,
            "PUT" => _createBucket,
            "DELETE" => _deleteBucket,
            "POST" when query.Has("delete") => _deleteObjects,
            _ => null,
        };
    }

    private S3Operation? OnObject(S3Call call, string method)
    {
        var query = call.Target.Query;
        var isPart = query.Has("uploadId");
        var isCopy = CopySource.IsIn(call);
        return method switch
        {
            "GET" => isPart ? _listParts : _get,
            "HEAD" => _head,
            "PUT" => (isPart, isCopy) switch
            {
                (true, true) => _copyPart,
                (true, false) => _putPart,
                (false, true) => _copy,
                _ => _put,
            },
            "DELETE" => isPart ? _abort : _delete,
            "POST" when query.Has("uploads") => _createUpload,
            "POST" when isPart => _complete,
            _ => null,
        };
    }

    private static S3Operation Unknown(string method)
    {
        var fault = method is "POST" ? S3Faults.NotImplemented("POST of this resource")
            : method is "OPTIONS" ? S3Faults.AccessDenied.With("There is no CORS configuration")
            : S3Faults.MethodNotAllowed;
        return new S3Operation("unknown", _ => ValueTask.FromResult<S3Fault?>(fault), NeedsBucket: false);
    }
}
