# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# PRIVATE. Runs a list of cmdlets in one remote Exchange shell of this server and prints one envelope.
# The text is constant: names and values come as data in the request, the first argument, one line of JSON.
# Windows PowerShell 4.0 (Exchange 2013) and 5.1. ASCII only: the code page of stdin is not ours to choose.
param([string] $RequestText)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

function ConvertTo-Plain {
    # Text, Boolean, whole number, null, or a list of these: what JSON shows does not depend on ConvertTo-Json,
    # which writes enumerations as numbers, cuts by depth and unrolls lists of one. An object that has no text is none of
    # these, and says so: taken for an empty text, it would be written back as one.
    param($Value)
    if ($null -eq $Value) { return $null }
    # Values from a remote shell are wrapped and carry note properties (PSComputerName); the base object does not.
    $base = $Value
    if ($Value -is [psobject]) { $base = $Value.PSObject.BaseObject }
    if ($base -is [string]) { return [string]$base }
    # An enumeration travels as its number with its name as text.
    if ($base -is [int] -and $Value.PSObject.TypeNames[0] -like 'Deserialized.*') { return [string]$Value.ToString() }
    if ($base -is [bool] -or $base -is [int] -or $base -is [long]) { return $base }
    if ($base -is [System.Management.Automation.SwitchParameter]) { return [bool]$base }
    if ($base -is [datetime]) { return $base.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ', [Globalization.CultureInfo]::InvariantCulture) }
    if ($base -is [byte[]]) { return [Convert]::ToBase64String($base) }
    if ($base -is [System.Collections.IList]) {
        $list = New-Object System.Collections.ArrayList
        foreach ($item in $base) { [void]$list.Add((ConvertTo-Plain $item)) }
        return , $list
    }
    # The parameters of a command, by their names: the names are what is read.
    if ($base -is [System.Collections.IDictionary]) {
        $list = New-Object System.Collections.ArrayList
        foreach ($key in $base.Keys) { [void]$list.Add([string]$key) }
        return , $list
    }
    # A deserialized object (an id, say) is a PSCustomObject whose text is in the wrapper's ToString.
    $text = [string]$Value.ToString()
    if ($text -eq '') { return [ordered]@{ unread = 'an object without a text: ' + [string]$Value.PSObject.TypeNames[0] } }
    return $text
}

function ConvertTo-JsonText {
    param([string] $Text)
    if ($Text -cmatch '^[ !#-\[\]-~]*\z') { return '"' + $Text + '"' }
    $out = New-Object System.Text.StringBuilder
    [void]$out.Append('"')
    foreach ($char in $Text.ToCharArray()) {
        $code = [int]$char
        if ($code -eq 34 -or $code -eq 92) { [void]$out.Append('\').Append($char) }
        elseif ($code -lt 32 -or $code -gt 126) { [void]$out.Append('\u').Append($code.ToString('x4')) }
        else { [void]$out.Append($char) }
    }
    [void]$out.Append('"')
    return $out.ToString()
}

function ConvertTo-Line {
    # One line of ASCII JSON from hashtables, lists and plain values.
    param($Value)
    if ($null -eq $Value) { return 'null' }
    if ($Value -is [bool]) { if ($Value) { return 'true' } else { return 'false' } }
    if ($Value -is [int] -or $Value -is [long]) { return $Value.ToString([Globalization.CultureInfo]::InvariantCulture) }
    if ($Value -is [System.Collections.IDictionary]) {
        $pairs = foreach ($key in $Value.Keys) { (ConvertTo-JsonText $key) + ':' + (ConvertTo-Line $Value[$key]) }
        return '{' + (@($pairs) -join ',') + '}'
    }
    if ($Value -is [System.Collections.IList]) {
        $items = foreach ($item in $Value) { ConvertTo-Line $item }
        return '[' + (@($items) -join ',') + ']'
    }
    return (ConvertTo-JsonText ([string]$Value))
}

function ConvertTo-Failure {
    # An error record as data: matching is done on id, category and exception name; messages are localised.
    param($Record)
    $reason = [string]$Record.CategoryInfo.Reason
    if (-not $reason -and $Record.Exception) { $reason = $Record.Exception.GetType().Name }
    return [ordered]@{
        id = [string]$Record.FullyQualifiedErrorId
        category = [string]$Record.CategoryInfo.Category
        reason = $reason
        target = [string]$Record.CategoryInfo.TargetName
        message = [string]$Record.Exception.Message
    }
}

function ConvertTo-Argument {
    # A value of the request as the cmdlet is to get it; { "this_server": true } is the name of this server.
    param($Value)
    if ($null -eq $Value) { return $null }
    if ($Value -is [System.Management.Automation.PSCustomObject]) { return $env:COMPUTERNAME }
    if ($Value -is [string] -or $Value -is [bool] -or $Value -is [int]) { return $Value }
    return , ([string[]]@($Value))
}

function Select-Property {
    # The asked-for properties of an object, those it has.
    param($Object, $Names)
    $found = [ordered]@{}
    foreach ($name in (@($Names) + 'OriginatingServer')) {
        $property = $Object.PSObject.Properties[$name]
        if ($null -ne $property) { $found[$name] = ConvertTo-Plain $property.Value }
    }
    return $found
}

function ConvertTo-Shape {
    # A value in the shape in which it arrived: the name of its type, and its items or its plain value.
    param($Value, [int] $Depth)
    if ($null -eq $Value) { return $null }
    $shape = [ordered]@{ type = [string]@($Value.PSObject.TypeNames)[0] }
    $base = $Value
    if ($Value -is [psobject]) { $base = $Value.PSObject.BaseObject }
    if ($base -is [System.Collections.IList] -and $base -isnot [byte[]] -and $Depth -gt 0) {
        $items = New-Object System.Collections.ArrayList
        foreach ($item in $base) { [void]$items.Add((ConvertTo-Shape $item ($Depth - 1))) }
        $shape['items'] = $items
        return $shape
    }
    $plain = ConvertTo-Plain $Value
    if ($plain -is [System.Collections.IDictionary] -or $plain -is [System.Collections.IList]) { $plain = $null }
    $shape['value'] = $plain
    return $shape
}

function Select-Shape {
    # An object in the shape in which it arrived. What travelled as the object's own is adapted, what was added is extended.
    param($Object)
    $shape = [ordered]@{ types = [string[]]@($Object.PSObject.TypeNames); text = [string]$Object.ToString(); adapted = [ordered]@{}; extended = [ordered]@{} }
    foreach ($property in $Object.PSObject.Properties) {
        $kind = if ([string]$property.MemberType -eq 'Property') { 'adapted' } else { 'extended' }
        $shape[$kind][[string]$property.Name] = ConvertTo-Shape $property.Value 3
    }
    return $shape
}

function Invoke-Cmdlet {
    # One cmdlet through the pipeline API: nothing is parsed as script text, here or in the no-language endpoint.
    param($Runspace, $Command, [string] $DomainController)
    $objects = New-Object System.Collections.ArrayList
    $errors = New-Object System.Collections.ArrayList
    $warnings = New-Object System.Collections.ArrayList
    $shell = [powershell]::Create()
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    try {
        $shell.Runspace = $Runspace
        [void]$shell.AddCommand([string]$Command.name)
        foreach ($parameter in $Command.parameters.PSObject.Properties) {
            [void]$shell.AddParameter($parameter.Name, (ConvertTo-Argument $parameter.Value))
        }
        if ($Command.pin -and $DomainController -and -not $Command.parameters.PSObject.Properties['DomainController']) {
            [void]$shell.AddParameter('DomainController', $DomainController)
        }
        try {
            foreach ($object in $shell.Invoke()) {
                if ($null -eq $object) { continue }
                if ($Command.raw) { [void]$objects.Add((Select-Shape $object)) }
                else { [void]$objects.Add((Select-Property $object $Command.returns)) }
            }
        }
        catch {
            $cause = $_.Exception
            while ($cause -and -not ($cause -is [System.Management.Automation.IContainsErrorRecord] -and $cause -isnot [System.Management.Automation.MethodInvocationException])) { $cause = $cause.InnerException }
            if ($cause) { [void]$errors.Add((ConvertTo-Failure $cause.ErrorRecord)) } else { [void]$errors.Add((ConvertTo-Failure $_)) }
        }
        foreach ($record in $shell.Streams.Error) { [void]$errors.Add((ConvertTo-Failure $record)) }
        foreach ($record in $shell.Streams.Warning) { [void]$warnings.Add([string]$record.Message) }
    }
    finally { $shell.Dispose() }
    $found = [ordered]@{ objects = $objects; errors = $errors; warnings = $warnings }
    if ($Command.raw) { $found['milliseconds'] = [long]$watch.ElapsedMilliseconds }
    return $found
}

function Get-LoggedError {
    # Errors and worse of one source in the last day, at most 20, newest first. That there are none is an answer.
    $filter = @{ LogName = 'Application'; ProviderName = 'MSExchange AuthAdmin'; Level = 1, 2; StartTime = (Get-Date).AddHours(-24) }
    $found = New-Object System.Collections.ArrayList
    try {
        foreach ($record in (Get-WinEvent -FilterHashtable $filter -MaxEvents 20)) {
            [void]$found.Add([ordered]@{ Id = [int]$record.Id; Time = ConvertTo-Plain ([datetime]$record.TimeCreated); Message = [string]$record.Message })
        }
    }
    catch { if ([string]$_.FullyQualifiedErrorId -cnotlike 'NoMatchingEventsFound*') { throw } }
    return , $found
}

function Get-WebStatus {
    # Whether this server reaches an address, through a proxy or straight. Nobody signs in, no redirect is followed, and of
    # the answer the status is read alone.
    param([string] $Address, [string] $Proxy)
    if ($Address -notlike 'https://*') { throw 'The script asks https addresses only.' }
    $found = [ordered]@{ Status = 0; Reason = $null }
    [System.Net.ServicePointManager]::SecurityProtocol = [System.Net.SecurityProtocolType]::Tls12
    $web = [System.Net.WebRequest]::Create($Address)
    $web.Timeout = 10000
    $web.AllowAutoRedirect = $false
    $web.UseDefaultCredentials = $false
    $web.Proxy = $null
    if ($Proxy) { $web.Proxy = New-Object System.Net.WebProxy ($Proxy) }
    try {
        $reply = $web.GetResponse()
        $found.Status = [int]$reply.StatusCode
        $reply.Close()
    }
    catch {
        $cause = $_.Exception
        while ($cause -and $cause -isnot [System.Net.WebException]) { $cause = $cause.InnerException }
        if (-not $cause) { throw }
        $found.Reason = [string]$cause.Status
        if ($cause.Response) {
            $found.Status = [int]$cause.Response.StatusCode
            $cause.Response.Close()
        }
    }
    return $found
}

function Invoke-Local {
    # On the server itself, outside of Exchange's shell: these commands, and no other.
    param([string] $Name, $Parameters)
    $objects = New-Object System.Collections.ArrayList
    $errors = New-Object System.Collections.ArrayList
    try {
        if ($Name -ceq 'Get-Command') {
            $file = Get-Command -Name 'ExSetup.exe'
            [void]$objects.Add([ordered]@{ FileVersion = [string]$file.FileVersionInfo.FileVersion })
        }
        elseif ($Name -ceq 'Restart-Service') { Restart-Service -Name 'W3SVC', 'WAS' -Force }
        elseif ($Name -ceq 'Get-WinEvent') { $objects = Get-LoggedError }
        elseif ($Name -ceq 'Invoke-WebRequest') { [void]$objects.Add((Get-WebStatus ([string]$Parameters.Uri) ([string]$Parameters.Proxy))) }
        elseif ($Name -ceq 'Get-HttpProxySignIn') { Get-HttpProxySignIn $Parameters $objects }
        else { throw 'The script does not run this command.' }
    }
    catch { [void]$errors.Add((ConvertTo-Failure $_)) }
    return [ordered]@{ objects = $objects; errors = $errors; warnings = (New-Object System.Collections.ArrayList) }
}

function Test-Expected {
    # Whether the one object of a read has the properties that the request expects of it.
    param($Result, $Expected)
    if ($Result.objects.Count -ne 1) { return $false }
    foreach ($property in $Expected.PSObject.Properties) {
        if ((ConvertTo-Line $Result.objects[0][$property.Name]) -cne (ConvertTo-Line $property.Value)) { return $false }
    }
    return $true
}

function Get-ThisHost {
    $fqdn = $env:COMPUTERNAME
    try { $fqdn = [System.Net.Dns]::GetHostEntry($env:COMPUTERNAME).HostName } catch { $fqdn = $env:COMPUTERNAME }
    return [ordered]@{
        name = [string]$env:COMPUTERNAME
        fqdn = [string]$fqdn
        powershell = $PSVersionTable.PSVersion.ToString()
        edition = if ($PSVersionTable['PSEdition']) { [string]$PSVersionTable['PSEdition'] } else { 'Desktop' }
    }
}

function Open-Session {
    # http and port 80 on purpose: Kerberos encrypts the payload, and Exchange supports nothing else here.
    param([string] $Server, $Credential)
    $options = @{
        ConfigurationName = 'Microsoft.Exchange'
        ConnectionUri = 'http://' + $Server + '/PowerShell/'
        Authentication = 'Kerberos'
    }
    if ($Credential) {
        $secret = ConvertTo-SecureString -String ([string]$Credential.password) -AsPlainText -Force
        $options.Credential = New-Object System.Management.Automation.PSCredential ([string]$Credential.user), $secret
    }
    return New-PSSession @options
}

# What stands in sign_in_logs.ps1 comes here, where it is asked for.

# Known although the request may not be: the answer that this request gets, and no other, is marked with it.
$nonce = ''
if ($RequestText -cmatch '"nonce":"([0-9a-f]{32})"') { $nonce = $Matches[1] }
$answer = [ordered]@{ version = 1; host = $null; phase = 'request'; error = $null; domain_controller = $null; results = (New-Object System.Collections.ArrayList) }
$session = $null
try {
    $request = ConvertFrom-Json -InputObject $RequestText
    if ($request.version -ne 1) { throw 'The request is of another version than this script.' }
    $answer.host = Get-ThisHost
    $answer.domain_controller = $request.domain_controller
    $commands = @($request.commands)
    if ($commands.Count -gt 0) {
        $answer.phase = 'connect'
        if (@($commands | Where-Object { -not $_.local }).Count -gt 0) { $session = Open-Session $answer.host.fqdn $request.credential }
        $answer.phase = 'run'
        foreach ($command in $commands) {
            if ($command.local) { $result = Invoke-Local ([string]$command.name) $command.parameters }
            else { $result = Invoke-Cmdlet $session.Runspace $command ([string]$answer.domain_controller) }
            [void]$answer.results.Add($result)
            if (-not $answer.domain_controller -and -not $command.raw -and $result.objects.Count -gt 0) {
                $answer.domain_controller = $result.objects[0].OriginatingServer
            }
            if ($result.errors.Count -gt 0 -and $command.on_error -eq 'stop') { break }
            if ($null -ne $command.expected -and -not (Test-Expected $result $command.expected)) { break }
        }
    }
    $answer.phase = 'done'
}
catch { $answer.error = ConvertTo-Failure $_ }
finally { if ($session) { Remove-PSSession -Session $session -ErrorAction SilentlyContinue } }
# The first line ends what something else may have printed without an end.
''
'<<<hybrid.exchange 1 ' + $nonce
ConvertTo-Line $answer
'hybrid.exchange 1 ' + $nonce + '>>>'
