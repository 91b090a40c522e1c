using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Fabrik.Server.Rpc.Reflection;

/// <summary>Finds the files of descriptors by what they declare. Built once; read by any number of threads.</summary>
internal sealed class DescriptorIndex
{
    private readonly Dictionary<string, FileDescriptor> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileDescriptor> _symbols = new(StringComparer.Ordinal);
    private readonly HashSet<string> _messages = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Type, int Number), FileDescriptor> _extensions = [];

    public DescriptorIndex(IEnumerable<ServiceDescriptor> services)
    {
        foreach (var service in services)
        {
            AddFile(service.File);
            Services.Add(service.FullName);
        }
    }

    /// <summary>The services that answer on this listener, by name.</summary>
    public SortedSet<string> Services { get; } = new(StringComparer.Ordinal);

    /// <summary>The file of a name, such as <c>grpc/health/v1/health.proto</c>.</summary>
    public FileDescriptor? FindFile(string name) => _files.GetValueOrDefault(name);

    /// <summary>The file that declares a symbol, given with its package.</summary>
    public FileDescriptor? FindSymbol(string name) => _symbols.GetValueOrDefault(name.TrimStart('.'));

    /// <summary>The file that declares an extension of a message.</summary>
    public FileDescriptor? FindExtension(string type, int number) => _extensions.GetValueOrDefault((type, number));

    /// <summary>The numbers of a message's extensions, or <see langword="null"/> if there is no such message.</summary>
    public IReadOnlyList<int>? ExtensionsOf(string type) =>
        !_messages.Contains(type)
            ? null
            : [.. _extensions.Keys.Where(key => key.Type == type).Select(key => key.Number).Order()];

    /// <summary>A file and all that it builds on, each as a <c>FileDescriptorProto</c>, itself first.</summary>
    public static IReadOnlyList<ByteString> WithDependencies(FileDescriptor file)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { file.Name };
        List<FileDescriptor> files = [file];
        for (var i = 0; i < files.Count; i++)
        {
            files.AddRange(files[i].Dependencies.Where(dependency => seen.Add(dependency.Name)));
        }

        return [.. files.Select(one => one.SerializedData)];
    }

    private void AddFile(FileDescriptor file)
    {
        if (!_files.TryAdd(file.Name, file))
        {
            return;
        }

        foreach (var dependency in file.Dependencies)
        {
            AddFile(dependency);
        }

        foreach (var service in file.Services)
        {
            _symbols.TryAdd(service.FullName, file);
            foreach (var method in service.Methods)
            {
                _symbols.TryAdd(method.FullName, file);
            }
        }

        foreach (var type in file.MessageTypes)
        {
            AddMessage(type, file);
        }

        AddEnums(file.EnumTypes, file);
        AddExtensions(file.Extensions.UnorderedExtensions, file);
    }

    private void AddMessage(MessageDescriptor type, FileDescriptor file)
    {
        _symbols.TryAdd(type.FullName, file);
        _messages.Add(type.FullName);
        foreach (var field in type.Fields.InDeclarationOrder())
        {
            _symbols.TryAdd(field.FullName, file);
        }

        foreach (var nested in type.NestedTypes)
        {
            AddMessage(nested, file);
        }

        AddEnums(type.EnumTypes, file);
        AddExtensions(type.Extensions.UnorderedExtensions, file);
    }

    private void AddEnums(IEnumerable<EnumDescriptor> types, FileDescriptor file)
    {
        foreach (var type in types)
        {
            _symbols.TryAdd(type.FullName, file);
            foreach (var value in type.Values)
            {
                _symbols.TryAdd(value.FullName, file);
            }
        }
    }

    private void AddExtensions(IEnumerable<FieldDescriptor> extensions, FileDescriptor file)
    {
        foreach (var extension in extensions)
        {
            _symbols.TryAdd(extension.FullName, file);
            _extensions.TryAdd((extension.ExtendeeType.FullName, extension.FieldNumber), file);
        }
    }
}
